"""Polls a queue as an SQS event source does: batches, partial failures, redelivery after a time-out.

Source of the event and of partial responses: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS".
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from local.aws import ACCOUNT, REGION
from local.aws.internal import CallFailedError, Internal
from local.model import Invocation, Invoker, SqsSource

_log = logging.getLogger(__name__)

_WAIT_S = 1  # the emulator holds a thread for each waiting receiver, so the wait is short
_AFTER_ERROR_S = 1.0


class SqsPoller:
    """One queue and its function; a failed message stays in the queue until its visibility timeout ends."""

    def __init__(self, source: SqsSource, internal: Internal, invoker: Invoker) -> None:
        self._source = source
        self._internal = internal
        self._invoker = invoker
        self._task: asyncio.Task[None] | None = None
        self.delivered = 0
        self.failed = 0

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """End; messages in hand return to the queue."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def status(self) -> dict[str, Any]:
        """Return what the source did."""
        return {
            "queue": self._source.queue,
            "function": self._source.function,
            "delivered": self.delivered,
            "failed": self.failed,
        }

    async def _run(self) -> None:
        while True:
            try:
                await self._once()
            except CallFailedError as error:
                _log.warning("%s: %s", self._source.logical_id, error)
                await asyncio.sleep(_AFTER_ERROR_S)
            except Exception:  # noqa: BLE001 - an edge: one failure must not end the source
                _log.exception("%s: the batch stays in the queue", self._source.logical_id)
                await asyncio.sleep(_AFTER_ERROR_S)

    async def _once(self) -> None:
        wanted = {
            "MaxNumberOfMessages": min(10, self._source.batch_size),
            "WaitTimeSeconds": _WAIT_S,
            "AttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        }
        received = await self._internal.sqs("ReceiveMessage", self._source.queue, wanted)
        messages: Sequence[Mapping[str, Any]] = received.get("Messages") or ()
        if not messages:
            return
        event = {"Records": [self._record(message) for message in messages]}
        answer = await self._invoker.invoke(self._source.function, json.dumps(event).encode())
        failed = failed_ids(answer, messages, partial=self._source.report_item_failures)
        done = [message for message in messages if message["MessageId"] not in failed]
        self.failed += len(failed)
        self.delivered += len(done)
        if done:
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(done)
            ]
            await self._internal.sqs("DeleteMessageBatch", self._source.queue, {"Entries": entries})

    def _record(self, message: Mapping[str, Any]) -> dict[str, Any]:
        body = str(message.get("Body", ""))
        name = self._source.queue.rpartition(":")[2].rpartition("/")[2]
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": body,
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {
                key: _attribute(value) for key, value in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}",
            "awsRegion": REGION,
        }


def _attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "stringValue": value.get("StringValue"),
        "binaryValue": value.get("BinaryValue"),
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value.get("DataType"),
    }


def failed_ids(answer: Invocation, messages: Sequence[Mapping[str, Any]], *, partial: bool) -> set[str]:
    """Return the ids of the messages that stay in the queue; an answer that makes no sense keeps all."""
    every = {str(message["MessageId"]) for message in messages}
    if answer.error is not None:
        return every
    if not partial:
        return set()
    try:
        parsed = json.loads(answer.payload or b"null")
    except ValueError:
        return every
    failures = parsed.get("batchItemFailures") if isinstance(parsed, dict) else None
    if not failures:
        return set()
    if not isinstance(failures, list):
        return every
    named = {each.get("itemIdentifier") if isinstance(each, dict) else None for each in failures}
    return {str(name) for name in named} if named <= every else every
