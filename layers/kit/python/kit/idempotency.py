"""Idempotency records: the first answer to a key is kept 24 hours and given again.

The record is scoped to (subject, route, key) and lives in the domain's own schema, in the transaction of the
effect: both commit or neither. Twins of one key queue on an advisory lock; who waits too long gets 409.
The lock, not a unique index, keeps them apart, because the table is partitioned by day.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import msgspec

from kit import clock
from kit.errors import Conflict, Invalid, Malformed, Retryable

KEPT_FOR = timedelta(hours=24)
_LONGEST_KEY = 255
_TIMED_OUT = {"55P03", "57014"}  # lock_not_available, query_canceled


class KeyMissing(Malformed):
    """The route demands an ``Idempotency-Key`` and there was none (400)."""

    code = "IDEMPOTENCY_KEY_MISSING"
    title = "This request needs an Idempotency-Key header"


class KeyMalformed(Malformed):
    """The key is not 1 to 255 printable ASCII characters (400)."""

    code = "IDEMPOTENCY_KEY_MALFORMED"
    title = "An Idempotency-Key is 1 to 255 printable ASCII characters"


class KeyReused(Invalid):
    """The key was used with another request (422)."""

    code = "IDEMPOTENCY_KEY_REUSED"
    title = "This Idempotency-Key was used for a different request: take a new one"


class InProgress(Conflict):
    """A request with this key is still at work (409)."""

    code = "IDEMPOTENCY_IN_PROGRESS"
    title = "A request with this Idempotency-Key is still at work: try again in a moment"


class Sql(Protocol):
    """What the records need of a database (``kit.stores.postgres.Database`` has it)."""

    def one(self, sql: str, params: Sequence[Any], /) -> tuple[Any, ...] | None:
        """Return the first row or None."""

    def run(self, sql: str, params: Sequence[Any], /) -> int:
        """Run a command; return the number of rows."""

    def transaction(self) -> AbstractContextManager[Any]:
        """Open a transaction, or join the one that is open."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose key this is: ``subject`` (or address), ``route`` id, and the ``key`` as the client sent it."""

    subject: str
    route: str
    key: str

    def lock(self, schema: str) -> int:
        """Return the signed 64-bit number of this scope's advisory lock."""
        text = f"{schema}\0{self.subject}\0{self.route}\0{self.key}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


class Kept(msgspec.Struct, frozen=True):
    """An answer as it was given: status, headers of the effect (Location, ETag) and the body's text."""

    status: int
    headers: Mapping[str, str]
    body: str


def parse_key(raw: str) -> str:
    """Return the key inside an ``Idempotency-Key`` header, bare or quoted. Raises :class:`KeyMalformed`."""
    key = raw.strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not (0 < len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable()):
        raise KeyMalformed
    return key


def digest(*parts: str) -> bytes:
    """Return the SHA-256 of a request: method, address with query, and body, none of which may differ."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()


def once(
    database: Sql, schema: str, scope: Scope, request: bytes, effect: Callable[[], Kept]
) -> tuple[Kept, bool]:
    """Run ``effect`` once per ``scope``; return its answer and whether it is a replay.

    ``request`` is the :func:`digest` of the request. What ``effect`` raises rolls everything back and keeps
    nothing, so a rejected request may be mended and sent again under its key. Raises :class:`KeyReused` for
    another request under a kept key and :class:`InProgress` when a twin does not finish in time.
    """
    with database.transaction():
        _lock(database, scope.lock(schema))
        now = clock.now()
        found = database.one(
            f"SELECT request_hash, status, headers::text, body FROM {schema}.idempotency"  # noqa: S608 - a domain's name
            " WHERE subject = %s AND route = %s AND key = %s AND created_at > %s",
            (scope.subject, scope.route, scope.key, now - KEPT_FOR),
        )
        if found is not None:
            return _replay(found, request), True
        kept = effect()
        database.run(
            f"INSERT INTO {schema}.idempotency"  # noqa: S608 - as above
            " (subject, route, key, request_hash, status, headers, body, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s, %s)",
            (scope.subject, scope.route, scope.key, request, kept.status, _headers(kept), kept.body, now),
        )
        return kept, False


def _lock(database: Sql, number: int) -> None:
    """Wait for the scope's lock as long as the database waits for any; a twin that takes longer is 409."""
    try:
        database.one("SELECT pg_advisory_xact_lock(%s)", (number,))
    except Retryable as error:
        if getattr(error.__cause__, "sqlstate", None) in _TIMED_OUT:
            raise InProgress from error
        raise


def _replay(found: tuple[Any, ...], request: bytes) -> Kept:
    known, status, headers, body = found
    if bytes(known) != request:
        raise KeyReused
    return Kept(status, msgspec.json.decode(headers, type=dict[str, str]), body)


def _headers(kept: Kept) -> str:
    return msgspec.json.encode(kept.headers).decode()
