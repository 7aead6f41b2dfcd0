"""How far the demo lets the market go while nobody can say what is under way."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from demo.job import Job
from demo.people import Client, Person
from demo.session import Addresses

SPEED = 60.0


class Platform(ThreadingHTTPServer):
    """Counts the candles it is asked for; ``away``: it answers nobody's question about signals."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.candles = 0
        self.away = False
        self.drafts = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Platform

    def do_GET(self) -> None:
        if self.path == "/_local/status":
            self._answer(200, {"sources": {"kafka": {}}})
        elif self.server.away:
            self._answer(503, {"title": "away", "status": 503, "code": "AWAY"})
        else:
            self._answer(200, {"by_status": {"draft": self.server.drafts}})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.candles += asked["count"]
        self._answer(200, {})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
        """Say nothing."""

    def _answer(self, status: int, body: object) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


@pytest.fixture
def platform() -> Iterator[Platform]:
    with Platform() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_market_nobody_watches_goes_on_for_five_seconds_worth_of_candles(platform: Platform) -> None:
    job = Job(Addresses(platform.url, "", f"{platform.url}/_local"), 6, 60.0, SPEED, 1)
    job.admin = Person("", "", "", Client(platform.url), {})
    job.now = job._stats()
    job.before = job.now

    def play(beats: int) -> int:
        before = platform.candles
        for _ in range(beats):
            job._advance()
        return platform.candles - before

    assert play(10) == 60
    platform.away = True
    job.now = job._stats()
    assert play(200) == 5 * SPEED - 60, "what went unseen before counts"
    platform.away = False
    job.now = job._stats()
    assert play(10) == 60
    platform.drafts = 1
    job.now = job._stats()
    assert play(10) == 0
