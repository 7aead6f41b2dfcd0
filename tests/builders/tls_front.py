"""A front that speaks TLS as PostgreSQL does, before a server whose build cannot: libpq sees no difference."""

import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""Length and code, "SSLRequest" of PostgreSQL's protocol (documentation, "Message Formats")."""


class _Front(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    behind = ("127.0.0.1", 0)
    context: ssl.SSLContext | None = None


class _Wire(socketserver.BaseRequestHandler):
    server: _Front

    def handle(self) -> None:
        asked = self.request.recv(8)
        context = self.server.context
        if asked != _SSL_REQUEST:
            return
        self.request.sendall(b"N" if context is None else b"S")
        if context is None:
            return
        try:
            sealed = context.wrap_socket(self.request, server_side=True)
        except (ssl.SSLError, OSError):
            return  # who does not trust us hangs up
        with sealed, socket.create_connection(self.server.behind) as behind:
            _pass_on(sealed, behind)


def _pass_on(sealed: ssl.SSLSocket, behind: socket.socket) -> None:
    while True:
        ready = [sealed] if sealed.pending() else select.select([sealed, behind], [], [])[0]
        for one in ready:
            data = one.recv(65536)
            if not data:
                return
            (behind if one is sealed else sealed).sendall(data)


@contextmanager
def tls_front(behind: tuple[str, int], address: str, papers: tuple[Path, Path] | None) -> Iterator[int]:
    """Listen on ``address`` with certificate and key ``papers``, or refuse TLS without; yield the port."""
    with _Front((address, 0), _Wire) as front:
        front.behind = behind
        if papers is not None:
            front.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            front.context.load_cert_chain(*papers)
        thread = threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield int(front.server_address[1])
        finally:
            front.shutdown()
            thread.join()
