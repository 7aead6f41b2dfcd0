"""Over TLS: the certificate is checked, connections are kept, and the posting lanes work too."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks.connections import certificate
from kit.aws import credentials, sigv4, wire
from kit.aws.client import AwsClient
from kit.errors import Retryable
from realtime.adapters.posting import Poster
from realtime.adapters.signing import Signer
from realtime.parcels import Record


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        answer = b"%d:" % self.client_address[1] + body
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        pass


class Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust us hangs up: that is what one test is about."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    httpd = Quiet(("127.0.0.1", 0), Echo)
    httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    credentials.forget()
    yield f"https://127.0.0.1:{httpd.server_port}"
    credentials.forget()
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def test_two_requests_share_one_tls_connection(server: str) -> None:
    client = AwsClient("lambda", at=wire.parse(server))
    first = client.request("POST", "/", body=b"x" * 100_000).body.partition(b":")
    second = client.request("POST", "/", body=b"y").body.partition(b":")
    assert first[2] == b"x" * 100_000
    assert second[2] == b"y"
    assert first[0] == second[0]


def test_a_certificate_nobody_vouches_for_is_refused(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Retryable, match=r"CERTIFICATE_VERIFY_FAILED|certificate verify failed"):
        AwsClient("lambda", at=wire.parse(server)).request("POST", "/")


def test_lanes_post_over_tls(server: str) -> None:
    end = wire.parse(server)
    pair, at = sigv4.Credentials("AKID", "secret"), datetime(2026, 3, 2, tzinfo=UTC).timestamp()
    poster = Poster(end, Signer(end, "ap-south-1", lambda: pair, lambda: at), width=2)
    records = [Record(["a=", "b=", "c="], b"f" * 20_000)] * 5
    outcome = poster.deliver(records, 10)
    poster.close()
    assert (outcome.posted, outcome.lost) == (15, set())
