"""A receiver of webhooks as a process of its own: writes down what comes, answers what a file tells it to."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """One POST: written down whole before it is answered."""

    folder: Path

    def do_POST(self) -> None:
        """Take a message."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status = int((self.folder / "status").read_text())
        told = {name.lower(): value for name, value in self.headers.items()}
        line = json.dumps({"status": status, "headers": told, "body": body, "at": time.time()})
        with (self.folder / "heard.jsonl").open("a") as file:
            file.write(line + "\n")
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


class Receiver:
    """The process, seen from the test: ``answer`` with a status, ``heard`` what came."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self.url = f"http://127.0.0.1:{port}/in"

    def answer(self, status: int) -> None:
        """Answer ``status`` from now on."""
        (self._folder / "status").write_text(str(status))

    def heard(self, kind: str = "") -> list[dict[str, Any]]:
        """Return what came, in order; of one ``kind`` of message."""
        path = self._folder / "heard.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        found = [json.loads(line) for line in lines]
        return [one for one in found if not kind or json.loads(one["body"])["type"] == kind]


@contextmanager
def receiving(folder: Path) -> Iterator[Receiver]:
    """Yield a running receiver, which ends afterwards."""
    (folder / "status").write_text("204")
    process = subprocess.Popen([sys.executable, __file__, folder], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Receiver(folder, int(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


if __name__ == "__main__":
    Handler.folder = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)  # noqa: T201 - the test reads it
    server.serve_forever()
