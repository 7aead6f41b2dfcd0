"""What services (AWS emulator, test controls) lend to functions and gateway."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from local.gateway.messages import Handler
from local.model import Destination, LocalError


async def _nowhere(destination: Destination, _body: bytes) -> None:
    raise LocalError(
        f"nothing delivers to {destination.kind} {destination.target}: no AWS services are running"
    )


def _none(_function: str) -> Mapping[str, str]:
    return {}


@dataclass(slots=True)
class Hooks:
    """What services lend to the rest. A service part sets these in its ``start``.

    ``credentials(function name)`` gives AWS_ACCESS_KEY_ID and the like; ``aws_endpoint`` becomes
    AWS_ENDPOINT_URL of every function; ``deliver(destination, body)`` writes a failure record;
    ``control`` answers ``/_local/*``; ``now`` is the test clock in Unix seconds.
    """

    credentials: Callable[[str], Mapping[str, str]] = _none
    aws_endpoint: str = ""
    deliver: Callable[[Destination, bytes], Awaitable[None]] = _nowhere
    control: Handler | None = None
    now: Callable[[], float] = time.time
