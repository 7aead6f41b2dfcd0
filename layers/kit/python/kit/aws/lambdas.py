"""Lambda: start another function without waiting for it."""

import functools

from kit.aws.client import AwsClient
from kit.aws.sigv4 import quote

_MAX_ASYNC_BYTES = 1024 * 1024


@functools.cache
def _client() -> AwsClient:
    return AwsClient("lambda")


def invoke_async(function: str, payload: bytes) -> None:
    """Queue ``payload`` (JSON) for ``function`` (name or ARN). Raises ``Retryable`` or ``AwsError``."""
    if len(payload) > _MAX_ASYNC_BYTES:
        raise ValueError(f"an asynchronous event holds at most {_MAX_ASYNC_BYTES} bytes")
    path = f"/2015-03-31/functions/{quote(function)}/invocations"
    headers = (("Content-Type", "application/json"), ("X-Amz-Invocation-Type", "Event"))
    _client().request("POST", path, headers=headers, body=payload)
