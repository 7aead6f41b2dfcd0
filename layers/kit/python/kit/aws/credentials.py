"""Where the function's AWS key pair comes from: the environment, or the container credentials address.

Lambda sets ``AWS_ACCESS_KEY_ID`` and its fellows; under SnapStart it sets
``AWS_CONTAINER_CREDENTIALS_FULL_URI`` instead (ECS: ``…_RELATIVE_URI``), whose pairs expire and are
fetched again five minutes before they do.
"""

import json
from datetime import datetime

from kit import clock, settings
from kit.aws.sigv4 import Credentials
from kit.aws.wire import Connection, parse
from kit.errors import Retryable

_RELATIVE_HOST = "http://169.254.170.2"
_REFRESH_BEFORE_S = 300
_TIMEOUT_S = 2.0
_OK = 200
# addresses that AWS documents for plain http; anything else must be https
_PLAIN_HTTP_HOSTS = frozenset({"127.0.0.1", "localhost", "169.254.170.2", "169.254.170.23"})

_cached: Credentials | None = None


def current() -> Credentials:
    """Return a pair that is valid now. Raises ``Retryable`` when there is none to be had."""
    global _cached  # noqa: PLW0603 - one pair for the life of the container, refreshed before it expires
    if _cached is None or _cached.expires_at - _REFRESH_BEFORE_S <= clock.unix():
        _cached = from_environment() or _from_container(_cached)
    return _cached


def forget() -> None:
    """Drop the cached pair: the next call reads it again (after AWS said it expired)."""
    global _cached  # noqa: PLW0603 - see current()
    _cached = None


def from_environment() -> Credentials | None:
    """Return the pair of ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``, or None."""
    access, secret = settings.optional("AWS_ACCESS_KEY_ID"), settings.optional("AWS_SECRET_ACCESS_KEY")
    if not access or not secret:
        return None
    return Credentials(access, secret, settings.optional("AWS_SESSION_TOKEN"))


def _address() -> str:
    if full := settings.optional("AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        return full
    if relative := settings.optional("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"):
        return _RELATIVE_HOST + relative
    raise Retryable("no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")


def _token() -> str:
    if path := settings.optional("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"):
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib costs an import on hot functions
            return file.read().strip()
    return settings.optional("AWS_CONTAINER_AUTHORIZATION_TOKEN")


def _from_container(before: Credentials | None) -> Credentials:
    try:
        return fetch(_address(), _token())
    except Retryable:
        if before is not None and before.expires_at > clock.unix():
            return before  # still valid: the address may be back at the next call
        raise


def fetch(url: str, token: str = "") -> Credentials:
    """Return the pair that the container credentials address ``url`` answers."""
    end = parse(url)
    if not end.tls and end.host not in _PLAIN_HTTP_HOSTS:
        raise Retryable(f"credentials are not fetched over plain http from {end.host}")
    if "\r" in token or "\n" in token:
        raise Retryable("the container authorization token holds a line break")
    lines = [f"GET {end.base or '/'} HTTP/1.1", f"Host: {end.authority}", "Connection: close"]
    if token:
        lines.append(f"Authorization: {token}")
    answer = Connection(end).exchange("GET", "\r\n".join([*lines, "", ""]).encode(), _TIMEOUT_S)
    if answer.status != _OK:
        raise Retryable(f"the container credentials address answered {answer.status}")
    found = json.loads(answer.body)
    expires = datetime.fromisoformat(found["Expiration"]).timestamp()
    return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found.get("Token", ""), expires)
