"""One POST over a connection to an address that was looked at: resolve, refuse or pin, speak as to the name.

The name is resolved once an attempt. If any of its addresses is not on the public network nothing is sent; if
all are, the connection goes to one of these very addresses, so that a name which answers differently the
second time (DNS rebinding) leads nowhere else. TLS and ``Host`` are the name's. A redirect is an answer like
any other and never followed.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Final

from kit import clock
from partners.adapters.courier.resolving import Resolve, resolve
from partners.model.target import Reach, Target
from partners.model.webhook import Answer
from partners.ports import Post

DEADLINE_S: Final = 20.0
"""From the first connection to the end of the answer: the specification proposes 15 to 30 s."""
CONNECTED_WITHIN_S: Final = 5.0
_ADDRESSES_TRIED: Final = 2
_READ: Final = 2_048
_SHOWN: Final = 500
_LONGEST_NUMBER: Final = 6

Connect = Callable[[str, int, float], socket.socket]


class _RefusedError(Exception):
    """The name leads to where nobody may be connected."""


def connect(address: str, port: int, timeout_s: float) -> socket.socket:
    """Return a connection to ``address``, which is no name. Raises ``OSError``."""
    return socket.create_connection((address, port), timeout_s)


class PinnedCourier:
    """See :class:`partners.ports.Courier`."""

    def __init__(
        self,
        reach: Reach,
        *,
        resolve: Resolve = resolve,
        connect: Connect = connect,
        tls: ssl.SSLContext | None = None,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._reach = reach
        self._resolve = resolve
        self._connect = connect
        self._tls = tls or ssl.create_default_context()
        self._deadline_s = deadline_s

    def send(self, post: Post) -> Answer:
        """Return what came of it: never raises."""
        began = clock.monotonic()
        try:
            answer = self._attempt(post)
        except (OSError, http.client.HTTPException, ValueError, _RefusedError) as error:
            answer = Answer(_outcome(error))
        took_ms = int((clock.monotonic() - began) * 1000)
        if answer.status is None and took_ms >= self._deadline_s * 1000:
            return Answer("timed_out", took_ms=took_ms)
        return Answer(answer.outcome, answer.status, answer.excerpt, took_ms, answer.retry_after_s)

    def _attempt(self, post: Post) -> Answer:
        sock = self._open(post.target, self._vetted(post.target))
        cut = sock.dup()  # the connection's end reaches the reader whatever TLS made of its own socket
        late = threading.Event()
        watchdog = threading.Timer(self._deadline_s, _cut, (cut, late))
        watchdog.daemon = True
        watchdog.start()
        try:
            with self._secured(post.target, sock) as secured:
                return _exchange(secured, post, late)
        finally:
            watchdog.cancel()
            cut.close()

    def _vetted(self, target: Target) -> list[str]:
        """Return the addresses of the name. Raises when one of them is not to be reached."""
        addresses = self._resolve(target.host, target.port)
        if not addresses:
            raise socket.gaierror(f"{target.host} has no address")
        if any(self._reach.refuses(one) for one in addresses):
            raise _RefusedError
        return addresses

    def _open(self, target: Target, addresses: list[str]) -> socket.socket:
        last: OSError | None = None
        for address in addresses[:_ADDRESSES_TRIED]:
            try:
                return self._pinned(address, target.port)
            except OSError as error:
                last = error
        assert last is not None
        raise last

    def _pinned(self, address: str, port: int) -> socket.socket:
        """Connect, and look once more at who answered."""
        sock = self._connect(address, port, CONNECTED_WITHIN_S)
        if self._reach.refuses(str(sock.getpeername()[0])):
            sock.close()
            raise _RefusedError
        sock.settimeout(self._deadline_s)
        return sock

    def _secured(self, target: Target, sock: socket.socket) -> socket.socket:
        if target.scheme != "https":
            return sock
        try:
            return self._tls.wrap_socket(sock, server_hostname=target.host)
        except BaseException:
            sock.close()
            raise


def _exchange(sock: socket.socket, post: Post, late: threading.Event) -> Answer:
    """Send the request and read the beginning of the answer. Raises unless its head came in time."""
    connection = http.client.HTTPConnection(post.target.host, post.target.port)
    connection.sock = sock
    headers = {"Host": post.target.authority, "Connection": "close", **post.headers}
    connection.request("POST", post.target.path, post.body.encode(), headers)
    answer = connection.getresponse()
    if late.is_set():  # the cut looks like the end of the head
        raise TimeoutError
    raw = answer.read(_READ)
    asked = answer.headers.get("Retry-After", "")
    wait_s = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= _LONGEST_NUMBER else 0
    return Answer("answered", answer.status, _excerpt(raw), retry_after_s=wait_s)


def _excerpt(raw: bytes) -> str:
    text = raw.decode(errors="replace")
    return "".join(letter if letter.isprintable() else " " for letter in text)[:_SHOWN]


def _cut(sock: socket.socket, late: threading.Event) -> None:
    late.set()
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it ended by itself


def _outcome(error: Exception) -> str:
    """Return the stable word for what went wrong."""
    kinds: tuple[tuple[type[Exception], str], ...] = (
        (_RefusedError, "address_refused"),
        (socket.gaierror, "unresolved"),
        (ssl.SSLCertVerificationError, "certificate_refused"),
        (ssl.SSLError, "tls_failed"),
        (TimeoutError, "timed_out"),
        (ConnectionRefusedError, "connection_refused"),
        (OSError, "connection_lost"),
        (http.client.HTTPException, "unreadable_answer"),
    )
    return next((word for kind, word in kinds if isinstance(error, kind)), "unreadable_answer")
