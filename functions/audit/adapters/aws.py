"""The locked bucket on S3 and the signing key in Secrets Manager, by signed calls without boto3."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

from kit import clock
from kit.aws import presign, s3
from kit.aws.errors import AwsError

LOCKED_FOR: Final = timedelta(days=7 * 365 + 2)
"""Seven years, as long as records of audit are kept."""
_LINK_S: Final = 300
_ABSENT = "ResourceNotFoundException"


class LockedBucket:
    """Heads, keys and segments under a compliance lock: written again they are other versions, never gone."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def keep(self, name: str, document: bytes, at: datetime | None = None) -> str:
        """Put it, locked for seven years from ``at``. Raises ``Retryable``."""
        until = (at or clock.now()) + LOCKED_FOR
        s3.put(self._bucket, name, document, content_type=_type(name), lock_until=until)
        return f"s3://{self._bucket}/{name}"

    def read(self, name: str) -> bytes | None:
        """Get it. Raises ``Retryable``."""
        try:
            return s3.get(self._bucket, name)
        except AwsError as error:
            if error.aws_code != "NoSuchKey":
                raise
            return None

    def link(self, name: str) -> str:
        """Return an address of five minutes."""
        return presign.link(self._bucket, name, expires_s=_LINK_S)


class ReadSecret(Protocol):
    """``kit.secrets.get``."""

    def __call__(self, name: str, *, fresh: bool = False) -> Mapping[str, str]:
        """Return the JSON object of the secret ``name``; ``fresh`` goes past the cache."""


class JsonCalls(Protocol):
    """What writing needs of ``kit.aws.client.AwsClient``."""

    def json_call(self, target: str, version: str, payload: Mapping[str, object]) -> dict[str, object]:
        """Return the answer of an AWS JSON protocol operation."""


class KeySecret:
    """See :class:`audit.adapters.signing.Secret`; ``aws`` is None where nothing is written."""

    def __init__(self, read: ReadSecret, name: str, aws: JsonCalls | None = None) -> None:
        self._read = read
        self._name = name
        self._aws = aws

    def read(self) -> Mapping[str, str]:
        """Return it, at most five minutes old; fresh where it may be written. Raises ``Retryable``."""
        try:
            return self._read(self._name, fresh=self._aws is not None)
        except AwsError as error:
            if error.aws_code != _ABSENT:
                raise
            return {}

    def write(self, value: dict[str, str]) -> None:
        """Write it. Raises ``Retryable``."""
        assert self._aws is not None, "only the tasks write the signing key"
        text = json.dumps(value)
        put = {"SecretId": self._name, "SecretString": text}
        try:
            self._aws.json_call("secretsmanager.PutSecretValue", "1.1", put)
        except AwsError as error:
            if error.aws_code != _ABSENT:
                raise
            self._aws.json_call(
                "secretsmanager.CreateSecret", "1.1", {"Name": self._name, "SecretString": text}
            )


def _type(name: str) -> str:
    return "application/gzip" if name.endswith(".gz") else "application/json"
