"""Secrets Manager by a signed call: no boto3 on hot functions; kept in memory for five minutes.

After an authentication failure a store calls ``get(name, fresh=True)`` once and tries again, so that a
rotated password is taken up without a restart.
"""

import functools
import json
from collections.abc import Mapping
from typing import Final

from kit import clock
from kit.aws.client import AwsClient
from kit.errors import Retryable

_KEEP_S: Final = 300.0
_cached: dict[str, tuple[float, Mapping[str, str]]] = {}


@functools.cache
def _client() -> AwsClient:
    return AwsClient("secretsmanager")


def get(name: str, *, fresh: bool = False) -> Mapping[str, str]:
    """Return the secret ``name``, a JSON object of strings, at most 300 s old; ``fresh`` reads it again.

    When Secrets Manager is away an older value is served rather than nothing, unless ``fresh``.
    Raises ``Retryable`` or ``kit.aws.errors.AwsError`` (``ResourceNotFoundException``: no such secret).
    """
    known = _cached.get(name)
    if known is not None and not fresh and clock.monotonic() - known[0] < _KEEP_S:
        return known[1]
    try:
        value = _read(name)
    except Retryable:
        if known is not None and not fresh:
            return known[1]
        raise
    _cached[name] = (clock.monotonic(), value)
    return value


def forget() -> None:
    """Drop every cached secret (a restored snapshot must not keep what was read before it was taken)."""
    _cached.clear()
    _client.cache_clear()


def _read(name: str) -> Mapping[str, str]:
    answer = _client().json_call("secretsmanager.GetSecretValue", "1.1", {"SecretId": name})
    found = json.loads(str(answer["SecretString"]))
    if not isinstance(found, dict):
        raise TypeError(f"the secret {name} is not a JSON object")
    return {str(key): str(value) for key, value in found.items()}
