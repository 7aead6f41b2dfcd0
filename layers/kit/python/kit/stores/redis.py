"""A small Redis client for functions whose start-up counts: redis-py costs five empty starts.

RESP2, and RESP3's scalar replies; one socket, opened on first use; one deadline per call; scripts by
their hash. ``ssl`` is imported only for ``rediss://``.
"""

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kit import clock, secrets, transport, warm
from kit.aws.wire import closed_by_peer, tls
from kit.errors import Retryable, TreumError
from kit.stores.resp import Reader, ReplyError, encode
from kit.stores.script import Script

__all__ = ["Redis", "RedisError", "Script"]
Argument = bytes | str | int | float
Reply = Any  # bytes, int, float, bool, None, or a list of these: what the command answers
_CHUNK = 65536
_AWAY = ("LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "READONLY", "TRYAGAIN", "OOM", "MISCONF")
_AUTH = ("NOAUTH", "WRONGPASS", "NOPERM")


class RedisError(TreumError):
    """Redis understood the command and refused it: a mistake in our command or script."""

    code = "REDIS_REFUSED"


@dataclass(frozen=True, slots=True)
class _Address:
    host: str
    port: int
    tls: bool
    user: str
    password: str
    database: int


class Redis:
    """``url`` is ``redis[s]://[[user]:password@]host[:port][/db]``; ``secret`` names the password's secret.

    Raises ``Retryable`` when Redis is away or late (a command that changes something may have been done),
    :class:`RedisError` when it refused. Not for threads.
    """

    def __init__(self, url: str, secret: str | None = None, *, timeout_s: float = 0.25) -> None:
        self._address = _parse(url)
        self._secret = secret or None
        self._timeout_s = timeout_s
        self._sock: socket.socket | None = None
        self._reader = Reader()
        self._deadline = 0.0
        warm.ahead(lambda: self.call("PING"))

    def call(self, *args: Argument) -> Reply:
        """Return the reply of one command: ``call("SET", "key", "value", "EX", 30)``."""
        return self.pipeline([args])[0]

    def pipeline(self, commands: Sequence[Sequence[Argument]]) -> list[Reply]:
        """Return the replies of ``commands``, sent in one flush. A refusal is raised after all ran."""
        replies = self._exchange(commands)
        for reply in replies:
            if isinstance(reply, ReplyError):
                raise _named(reply)
        return replies

    def script(self, script: Script, keys: Sequence[Argument], args: Sequence[Argument] = ()) -> Reply:
        """Return what ``script`` answers; its text is sent only when the server does not know it."""
        tail = (len(keys), *keys, *args)
        (reply,) = self._exchange([("EVALSHA", script.sha, *tail)])
        if isinstance(reply, ReplyError) and reply.kind == "NOSCRIPT":
            (reply,) = self._exchange([("EVAL", script.text, *tail)])
        if isinstance(reply, ReplyError):
            raise _named(reply)
        return reply

    def close(self) -> None:
        """Close the socket; the next call opens another."""
        if self._sock is not None:
            self._sock.close()
        self._sock = None
        self._reader = Reader()

    def __del__(self) -> None:
        if getattr(self, "_sock", None) is not None:  # a refused address never got that far
            self.close()

    def _exchange(self, commands: Sequence[Sequence[Argument]]) -> list[Reply]:
        self._deadline = clock.monotonic() + self._timeout_s
        raw = b"".join(encode(command) for command in commands)
        try:
            sock = self._open()
            return self._talk(sock, raw, len(commands))
        except TimeoutError as error:
            self.close()
            raise Retryable(f"Redis gave no answer within {self._timeout_s} s") from error
        except (OSError, EOFError, ValueError) as error:
            self.close()
            raise Retryable(f"Redis is away: {error!r}") from error

    def _talk(self, sock: socket.socket, raw: bytes, count: int) -> list[Reply]:
        sock.settimeout(self._left())
        sock.sendall(raw)
        return [self._reply(sock) for _ in range(count)]

    def _reply(self, sock: socket.socket) -> Reply:
        while not self._reader.ready():
            sock.settimeout(self._left())
            data = sock.recv(_CHUNK)
            if not data:
                raise EOFError("the connection was closed")
            self._reader.feed(data)
        return self._reader.take()

    def _left(self) -> float:
        left = self._deadline - clock.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _open(self) -> socket.socket:
        if self._sock is not None and not closed_by_peer(self._sock):
            return self._sock
        self.close()
        to = self._address
        # a first connection is allowed more than a command: a handshake is several round trips
        self._deadline = clock.monotonic() + max(self._timeout_s, 1.0)
        sock: socket.socket = socket.create_connection((to.host, to.port), timeout=self._left())
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = tls(sock, to.host) if to.tls else sock
        self._greet(self._sock)
        self._deadline = clock.monotonic() + self._timeout_s
        return self._sock

    def _greet(self, sock: socket.socket) -> None:
        reply = self._authenticate(sock, fresh=False)
        if isinstance(reply, ReplyError) and reply.kind in _AUTH and self._secret:
            reply = self._authenticate(sock, fresh=True)  # the password may have been rotated
        if not isinstance(reply, ReplyError) and self._address.database:
            (reply,) = self._talk(sock, encode(("SELECT", self._address.database)), 1)
        if isinstance(reply, ReplyError):
            raise ConnectionError(str(reply))

    def _authenticate(self, sock: socket.socket, *, fresh: bool) -> Reply:
        user, password = self._address.user, self._address.password
        if self._secret:
            found: Mapping[str, str] = secrets.get(self._secret, fresh=fresh)
            user, password = found.get("username", ""), found.get("password", "")
        if not password:
            return None
        (reply,) = self._talk(sock, encode(("AUTH", *([user] if user else []), password)), 1)
        return reply


def _named(reply: ReplyError) -> TreumError:
    if reply.kind in _AWAY:
        return Retryable(f"Redis takes no commands at the moment: {reply}")
    return RedisError(str(reply))


def _parse(url: str) -> _Address:
    scheme, found, rest = url.partition("://")
    if not found or scheme not in {"redis", "rediss"}:
        raise ValueError("a Redis address starts with redis:// or rediss://")
    authority, _, database = rest.partition("/")
    login, _, place = authority.rpartition("@")
    user, _, password = login.partition(":")
    host, _, port = place.partition(":")
    transport.demand_tls("REDIS_URL", host, encrypted=scheme == "rediss")
    return _Address(host, int(port or 6379), scheme == "rediss", user, password, int(database or 0))
