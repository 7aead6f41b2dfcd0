"""The Redis wire protocol: commands out, replies in. Pure; no socket here."""

from collections.abc import Sequence
from typing import Any

_MAX_DEPTH = 8


class ReplyError(Exception):
    """An error reply; ``kind`` is its first word (``NOSCRIPT``). Returned, not raised, by the reader."""

    @property
    def kind(self) -> str:
        """Return the first word."""
        return str(self).split(" ", 1)[0]


class _Incomplete(Exception):  # noqa: N818 - not an error: the reply has not fully arrived
    pass


def encode(args: Sequence[bytes | str | int | float]) -> bytes:
    """Return one command as an array of bulk strings."""
    parts = [b"*%d\r\n" % len(args)]
    for arg in args:
        raw = arg if isinstance(arg, bytes) else str(arg).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(raw), raw))
    return b"".join(parts)


class Reader:
    """Collects bytes and yields whole replies, in order."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._at = 0
        self._reply: Any = None
        self._has = False

    def feed(self, data: bytes) -> None:
        """Add bytes that arrived."""
        self._data += data

    def ready(self) -> bool:
        """Whether a whole reply is here. Raises ``ValueError`` on bytes that are not RESP."""
        if self._has:
            return True
        self._at = 0
        try:
            self._reply = self._value(0)
        except _Incomplete:
            return False
        del self._data[: self._at]
        self._has = True
        return True

    def take(self) -> Any:
        """Return the reply that :meth:`ready` announced."""
        if not self._has:
            raise ValueError("no reply is here yet")
        reply, self._reply, self._has = self._reply, None, False
        return reply

    def _line(self) -> bytes:
        end = self._data.find(b"\r\n", self._at)
        if end < 0:
            raise _Incomplete
        line = bytes(self._data[self._at : end])
        self._at = end + 2
        return line

    def _value(self, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise ValueError("the reply is nested too deeply")
        line = self._line()
        mark, rest = line[:1], line[1:]
        if mark in b"$=" and mark:
            return self._bulk(int(rest))
        if mark in b"*~>%" and mark:
            return self._array(int(rest) * (2 if mark == b"%" else 1), depth)
        return _scalar(mark, rest)

    def _bulk(self, size: int) -> bytes | None:
        if size < 0:
            return None
        end = self._at + size
        if len(self._data) < end + 2:
            raise _Incomplete
        raw = bytes(self._data[self._at : end])
        self._at = end + 2
        return raw

    def _array(self, count: int, depth: int) -> list[Any] | None:
        if count < 0:
            return None
        return [self._value(depth + 1) for _ in range(count)]


def _scalar(mark: bytes, rest: bytes) -> Any:
    if mark == b"+":
        return rest
    if mark == b"-":
        return ReplyError(rest.decode("utf-8", "replace"))
    if mark in {b":", b"("}:
        return int(rest)
    if mark == b",":
        return float(rest)
    if mark == b"#":
        return rest == b"t"
    if mark == b"_":
        return None
    raise ValueError(f"not a Redis reply: {mark!r}")
