"""The locked store on S3 and the publication workflow on Step Functions, by signed calls without boto3."""

import json
from collections.abc import Mapping
from datetime import datetime

from kit.aws import s3, stepfunctions
from signals.model.signal import SignalId


class LockedBucket:
    """Documents in a bucket with Object Lock: writing one again adds an equal version and removes nothing."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def keep(self, key: str, document: bytes, until: datetime) -> None:
        """Put it under a compliance lock. Raises ``Retryable``."""
        s3.put(self._bucket, key, document, content_type="application/json", lock_until=until)

    def address(self, key: str) -> str:
        """Return ``s3://bucket/key``."""
        return f"s3://{self._bucket}/{key}"


class StateMachine:
    """Executions of one machine, named by the signal."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def start(self, signal_id: SignalId, attempt: str = "") -> bool:
        """Start it. Raises ``Retryable``."""
        name = f"{signal_id}-{attempt}" if attempt else str(signal_id)
        return stepfunctions.start(self._arn, name, json.dumps({"signal_id": signal_id}))

    def answer(self, token: str, output: Mapping[str, str]) -> bool:
        """Resume it; False when it waits no longer. Raises ``Retryable``."""
        return stepfunctions.succeed(token, json.dumps(output))
