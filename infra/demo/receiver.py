"""A partner's receiver of webhooks, on this machine: it answers what it is told to and notes what comes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

_LARGEST: Final = 1 << 20


class Receiver(ThreadingHTTPServer):
    """``status`` is what it answers from now on."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.status = 204
        self.messages: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/in"

    @property
    def ids(self) -> list[str]:
        """Return the ids of what came, in order."""
        return [one["headers"]["webhook-id"] for one in self.messages]

    def heard(self, kind: str = "") -> list[dict[str, Any]]:
        """Return ``headers`` (names in lower case) and ``body`` of what came, in order; of one ``kind``."""
        return [one for one in self.messages if not kind or json.loads(one["body"])["type"] == kind]


class _Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        """Note a message whole before it is answered."""
        body = self.rfile.read(min(_LARGEST, int(self.headers["Content-Length"]))).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.messages.append({"headers": headers, "body": body})
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Yield a receiver that listens, and end it afterwards."""
    with Receiver() as receiver:
        thread = Thread(target=receiver.serve_forever, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.shutdown()
            thread.join()
