"""A lane: one non-blocking keep-alive socket with at most one request under way."""

import socket

from kit import clock
from kit.aws.wire import Endpoint, closed_by_peer, tls

_CHUNK = 65536
_MAX_HEAD = 16384
_CONNECT_TIMEOUT_S = 2.0
# a socket that answered so lately is not looked at again; if it has died all the same, the post is repeated
_SURELY_OPEN_S = 0.5
_WAITING = frozenset({"BlockingIOError", "SSLWantReadError", "SSLWantWriteError"})


class Lane:
    """Opened on first use. ``fileno`` stays the same until :meth:`close`."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._sock: socket.socket | None = None
        self._received = bytearray()
        self._unsent = b""
        self._heard_at = 0.0
        self.keep = True

    @property
    def is_open(self) -> bool:
        """Whether there is a socket."""
        return self._sock is not None

    @property
    def wants_write(self) -> bool:
        """Whether some of the request waits for room in the socket."""
        return bool(self._unsent)

    def fileno(self) -> int:
        """Return the descriptor to select on; -1 when closed."""
        return self._sock.fileno() if self._sock is not None else -1

    def open(self) -> bool:
        """Make sure of a usable socket; return whether it is a new one. Raises ``OSError``."""
        if self._sock is not None and clock.monotonic() - self._heard_at < _SURELY_OPEN_S:
            return False
        if self._sock is not None:
            idle_and_closed = closed_by_peer(self._sock)
            self._sock.setblocking(False)
            if not idle_and_closed:
                return False
            self.close()
        end = self._endpoint
        sock = socket.create_connection((end.host, end.port), timeout=_CONNECT_TIMEOUT_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = tls(sock, end.host) if end.tls else sock
        self._sock.setblocking(False)
        return True

    def send(self, raw: bytes) -> None:
        """Begin a request. Raises ``OSError``."""
        self._received.clear()
        self._unsent = raw
        self.flush()

    def flush(self) -> None:
        """Send what the socket takes now. Raises ``OSError`` when it is broken."""
        assert self._sock is not None
        try:
            sent = self._sock.send(self._unsent)
        except OSError as error:
            if type(error).__name__ not in _WAITING:
                raise
            return
        self._unsent = self._unsent[sent:]

    def status(self) -> int | None:
        """Read what has arrived; return the answer's status once it is whole, else None.

        Raises ``OSError`` or ``ValueError`` when there will be no answer.
        """
        assert self._sock is not None
        while True:
            try:
                data = self._sock.recv(_CHUNK)
            except OSError as error:
                if type(error).__name__ in _WAITING:
                    break
                raise
            if not data:
                raise ConnectionResetError("closed before the answer")
            self._received += data
            if len(data) < _CHUNK and not self._endpoint.tls:
                break
        return self._whole()

    def close(self) -> None:
        """Close the socket; the next :meth:`open` makes another."""
        if self._sock is not None:
            self._sock.close()
        self._sock = None
        self._received.clear()
        self._unsent = b""

    def __del__(self) -> None:
        self.close()

    def _whole(self) -> int | None:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            if len(self._received) > _MAX_HEAD:
                raise ValueError("the answer's head is too long")
            return None
        head = bytes(self._received[:end]).lower()
        status = int(head[9:12])
        if b"transfer-encoding: chunked" in head:
            if not self._received.endswith(b"0\r\n\r\n"):
                return None
        elif len(self._received) < end + 4 + _length(head, status):
            return None
        self.keep = b"connection: close" not in head
        self._heard_at = clock.monotonic()
        return status


def _length(head: bytes, status: int) -> int:
    at = head.find(b"\r\ncontent-length:")
    if at < 0:
        if status in {200, 204}:
            return 0
        raise ValueError("an answer without a length")
    return int(head[at + 17 :].split(b"\r\n", 1)[0])
