"""One step of a backfill: through the function, on the laptop or in AWS, or in this process."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import boto3
import msgspec
from botocore.config import Config

from local.aws import REGION
from local.model import LocalError

_LONGEST_S = 310


class Step(msgspec.Struct, frozen=True):
    """What the function answers."""

    tape: str
    row: int
    read: int
    stored: int
    duplicates: int
    corrupt: int
    ended: bool


class Stepper(Protocol):
    """Does one step."""

    def __call__(self, tape: str, count: int, *, again: bool) -> Step:
        """Return what ``count`` rows more of ``tape`` did."""


def through(function: str, endpoint: str | None) -> Stepper:
    """Return a stepper that invokes ``function`` of the account signed in, or of a local platform."""
    # the local platform asks for a signature and no more, as the function has a role of its own
    local: Mapping[str, Any] = {
        "endpoint_url": endpoint,
        "region_name": REGION,
        "aws_access_key_id": "local",
        "aws_secret_access_key": "local",
    }
    config = Config(read_timeout=_LONGEST_S, retries={"max_attempts": 1})
    client = boto3.client("lambda", config=config, **(local if endpoint else {}))

    def step(tape: str, count: int, *, again: bool) -> Step:
        event = {"tape": tape, "count": count, "again": again}
        answer = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        payload = answer["Payload"].read()
        if "FunctionError" in answer:
            told = json.loads(payload)
            raise LocalError(f"{tape}: {told.get('errorType')}: {told.get('errorMessage')}")
        return msgspec.json.decode(payload, type=Step)

    return step


def here(tape: str, count: int, *, again: bool) -> Step:
    """Run the function's handler in this process, with the settings of the environment."""
    handler = _handler()
    return msgspec.convert(handler({"tape": tape, "count": count, "again": again}, None), Step)


def _handler() -> Callable[[Mapping[str, Any], object], Any]:
    from signals.backfill import handler  # noqa: PLC0415 - its settings are needed only for this way

    return handler
