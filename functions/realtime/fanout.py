"""Entry of the fan-out worker: a batch of the topic ``fanout``, posted to its connections.

Runs outside the VPC, so it has no Redis: connections that are gone are told to the schedule function,
which clears them from the registry.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any, Protocol

from kit.errors import Poison, TreumError
from realtime.adapters.posting import Outcome
from realtime.bootstrap import fanout as wiring
from realtime.parcels import Arrived, decode

_log = logging.getLogger(__name__)
_SPARE_S = 1.0


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds this invocation still has."""


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Post the batch. When some could not be posted the whole batch comes again: offsets stay the same."""
    try:
        batch = decode(event)
    except Poison:
        _log.exception(
            "the batch cannot be read"
        )  # ours alone writes this topic: a defect, kept by the source
        raise
    timeout_s = context.get_remaining_time_in_millis() / 1000 - _SPARE_S
    outcome = wiring.poster().deliver((record for _, record in batch), timeout_s)
    _report(outcome)
    return {"batchItemFailures": _failures([one for one, _ in batch]) if outcome.lost else []}


def _report(outcome: Outcome) -> None:
    ended = sorted(outcome.gone | outcome.slow)
    if not ended:
        return
    try:
        wiring.tell_gone(json.dumps({"gone": ended}).encode())
    except TreumError as error:  # their next post is answered 410 again: nothing is lost
        _log.warning("the registry was not told of %d ended connections: %s", len(ended), error)


def _failures(batch: list[Arrived]) -> list[dict[str, Any]]:
    first: dict[str, int] = {}
    for one in batch:
        first.setdefault(f"{one.topic}-{one.partition}", one.offset)
    return [{"itemIdentifier": {"partition": name, "offset": offset}} for name, offset in first.items()]
