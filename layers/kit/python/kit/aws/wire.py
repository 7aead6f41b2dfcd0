"""HTTP/1.1 over one keep-alive socket, as little of it as AWS speaks: http.client would bring ssl along.

``ssl`` is imported only for an https address. Every wait counts against one deadline for the whole call.
"""

import socket
from dataclasses import dataclass, field

from kit import clock
from kit.errors import Retryable

_CHUNK = 65536
_MAX_HEAD = 65536
_MAX_BODY = 64 * 1024 * 1024
_NO_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a service answers: ``base`` is the path its requests are put under, without a trailing slash."""

    host: str
    port: int
    tls: bool
    base: str = ""

    @property
    def authority(self) -> str:
        """Return the ``Host`` header: the port only when it is not the scheme's own."""
        return self.host if self.port == (443 if self.tls else 80) else f"{self.host}:{self.port}"


def parse(url: str) -> Endpoint:
    """Return the endpoint of an ``http(s)://host[:port][/path]`` address. Raises ``ValueError`` otherwise."""
    scheme, found, rest = url.partition("://")
    if not found or scheme not in {"http", "https"}:
        raise ValueError(f"not an http address: {url}")
    authority, _, path = rest.partition("/")
    host, _, port = authority.partition(":")
    if not host:
        raise ValueError(f"no host in the address: {url}")
    base = f"/{path.rstrip('/')}" if path.rstrip("/") else ""
    return Endpoint(host, int(port) if port else (443 if scheme == "https" else 80), scheme == "https", base)


@dataclass(slots=True)
class Connection:
    """One socket to ``endpoint``, opened on first use and again when the other side closed it meanwhile.

    An answer with a body of more than ``max_body`` bytes is none.
    """

    endpoint: Endpoint
    max_body: int = _MAX_BODY
    _sock: socket.socket | None = field(default=None, init=False)
    _buffer: bytearray = field(default_factory=bytearray, init=False)
    _deadline: float = field(default=0.0, init=False)

    def exchange(self, method: str, raw: bytes, timeout_s: float) -> Response:
        """Send the request ``raw`` and return its answer. Raises ``Retryable`` when none came in time."""
        self._deadline = clock.monotonic() + timeout_s
        try:
            sock = self._open()
            sock.settimeout(self._left())
            sock.sendall(raw)
            return self._read(method)
        except (OSError, EOFError, ValueError) as error:
            self.close()
            raise Retryable(f"no answer from {self.endpoint.authority}: {error}") from error

    def close(self) -> None:
        """Forget the socket; the next exchange opens another."""
        if self._sock is not None:
            self._sock.close()
        self._sock = None
        self._buffer.clear()

    def __del__(self) -> None:
        self.close()

    def _left(self) -> float:
        left = self._deadline - clock.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline passed")
        return left

    def _open(self) -> socket.socket:
        if self._sock is not None and not closed_by_peer(self._sock):
            return self._sock
        self.close()
        end = self.endpoint
        sock: socket.socket = socket.create_connection((end.host, end.port), timeout=self._left())
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = tls(sock, end.host) if end.tls else sock
        return self._sock

    def _more(self) -> None:
        assert self._sock is not None
        self._sock.settimeout(self._left())
        data = self._sock.recv(_CHUNK)
        if not data:
            raise EOFError("the connection was closed")
        self._buffer += data

    def _until(self, mark: bytes) -> bytes:
        while (at := self._buffer.find(mark)) < 0:
            if len(self._buffer) > _MAX_HEAD:
                raise ValueError("the answer's head is too long")
            self._more()
        head = bytes(self._buffer[:at])
        del self._buffer[: at + len(mark)]
        return head

    def _take(self, count: int) -> bytes:
        self._bound(count)
        while len(self._buffer) < count:
            self._more()
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _read(self, method: str) -> Response:
        status, headers = self._head()
        while status < 200:  # noqa: PLR2004 - 1xx is an interim answer
            status, headers = self._head()
        body = b"" if method == "HEAD" or status in _NO_BODY else self._body(headers)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Response(status, headers, body)

    def _head(self) -> tuple[int, dict[str, str]]:
        first, *lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        return int(first.split(" ", 2)[1]), headers

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunked()
        if "content-length" in headers:
            return self._take(int(headers["content-length"]))
        headers["connection"] = "close"  # neither length nor chunks: the end of the stream is the end
        while True:
            try:
                self._more()
            except EOFError:
                return self._take(len(self._buffer))
            self._bound(len(self._buffer))

    def _bound(self, count: int) -> None:
        if count > self.max_body:
            raise ValueError("the answer is too long")

    def _chunked(self) -> bytes:
        body = bytearray()
        while size := int(self._until(b"\r\n").split(b";")[0], 16):
            self._bound(len(body) + size)
            body += self._take(size)
            self._take(2)
        while self._until(b"\r\n"):
            pass
        return bytes(body)


def tls(sock: socket.socket, host: str) -> socket.socket:
    """Return ``sock`` under TLS with the peer's certificate checked; the only place that imports ssl."""
    import ssl  # noqa: PLC0415 - 40 ms that a plain address must not pay

    return ssl.create_default_context().wrap_socket(sock, server_hostname=host)


def closed_by_peer(sock: socket.socket) -> bool:
    """Whether an idle ``sock`` was closed, or speaks out of turn: both mean it must not be used again."""
    sock.settimeout(0)
    try:
        sock.recv(1)
    except (BlockingIOError, TimeoutError):
        return False
    except OSError as error:
        # an idle TLS socket says "want read" by an error of its own, which is an OSError too
        return type(error).__name__ != "SSLWantReadError"
    return True
