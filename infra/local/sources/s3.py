"""Tells functions of new S3 objects, as a bucket's notification does.

Source of the event: Amazon S3 User Guide, "Event message structure".
"""

import json
import logging
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from local.aws import ACCOUNT, REGION
from local.aws.proxy import ObjectCreated
from local.model import Invoker, S3Source

_log = logging.getLogger(__name__)


class S3Notifications:
    """All S3 sources of a stack; register :meth:`created` with the proxy."""

    def __init__(self, sources: Sequence[S3Source], invoker: Invoker, now: Callable[[], float]) -> None:
        self._sources = sources
        self._invoker = invoker
        self._now = now
        self.sent = 0

    async def created(self, written: ObjectCreated) -> None:
        """Invoke every function whose source asks for ``written``."""
        for source in self._sources:
            if not wants(source, written):
                continue
            self.sent += 1
            try:
                await self._invoker.invoke_async(source.function, self._event(source, written))
            except Exception:  # noqa: BLE001 - an edge: one failure must not end the source
                _log.exception("S3 source %s could not be delivered", source.logical_id)

    def status(self) -> dict[str, Any]:
        """Return how many sources there are and how many notifications went out."""
        return {"sources": len(self._sources), "sent": self.sent}

    def _event(self, source: S3Source, written: ObjectCreated) -> bytes:
        at = datetime.fromtimestamp(self._now(), UTC)
        record = {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": REGION,
            "eventTime": at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "eventName": written.event,
            "userIdentity": {"principalId": "local"},
            "requestParameters": {"sourceIPAddress": "127.0.0.1"},
            "responseElements": {"x-amz-request-id": uuid.uuid4().hex},
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": source.logical_id,
                "bucket": {
                    "name": written.bucket,
                    "ownerIdentity": {"principalId": ACCOUNT},
                    "arn": f"arn:aws:s3:::{written.bucket}",
                },
                "object": {
                    "key": quote_plus(written.key, safe="/"),
                    "size": written.size,
                    "eTag": written.etag,
                    "sequencer": f"{int(at.timestamp() * 1_000_000):016X}",
                },
            },
        }
        return json.dumps({"Records": [record]}).encode()


def wants(source: S3Source, written: ObjectCreated) -> bool:
    """Return whether ``source`` asks for ``written``: bucket, event, prefix and suffix."""
    bucket = source.bucket.rpartition(":")[2]
    named = any(_covers(event, written.event) for event in source.events)
    fits = written.key.startswith(source.prefix) and written.key.endswith(source.suffix)
    return bucket == written.bucket and named and fits


def _covers(pattern: str, event: str) -> bool:
    wanted = pattern.removeprefix("s3:")
    return event.startswith(wanted[:-1]) if wanted.endswith("*") else wanted == event
