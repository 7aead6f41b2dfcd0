"""S3: put, get and delete whole objects, with Object Lock where a record must not change."""

import functools
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import md5

from kit.aws.client import AwsClient
from kit.aws.sigv4 import quote


@functools.cache
def _client() -> AwsClient:
    return AwsClient("s3", timeout_s=10.0)


def put(bucket: str, key: str, body: bytes, *, content_type: str, lock_until: datetime | None = None) -> None:
    """Write ``body``; with ``lock_until`` nobody can overwrite or delete that version before then.

    Raises ``Retryable`` or ``AwsError``.
    """
    headers = [("Content-Type", content_type)]
    if lock_until is not None:
        until = lock_until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        digest = md5(body, usedforsecurity=False).digest()
        headers += [
            ("Content-MD5", b64encode(digest).decode()),  # S3 demands it with Object Lock
            ("X-Amz-Object-Lock-Mode", "COMPLIANCE"),
            ("X-Amz-Object-Lock-Retain-Until-Date", until),
        ]
    _client().request("PUT", _path(bucket, key), headers=headers, body=body)


def get(bucket: str, key: str) -> bytes:
    """Return the object's bytes. Raises ``AwsError`` with ``aws_code`` ``NoSuchKey`` when it is absent."""
    return _client().request("GET", _path(bucket, key)).body


def size(bucket: str, key: str) -> int:
    """Return the object's size in bytes. Raises ``AwsError`` with the status 404 when it is absent."""
    return int(_client().request("HEAD", _path(bucket, key)).headers["content-length"])


def delete(bucket: str, key: str) -> None:
    """Delete the object; that it is gone already is success. Raises ``Retryable`` or ``AwsError``."""
    _client().request("DELETE", _path(bucket, key))


def _path(bucket: str, key: str) -> str:
    return f"/{quote(bucket)}/{quote(key, slash=True)}"
