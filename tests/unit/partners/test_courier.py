"""The courier over real sockets: it goes to the address that was looked at, speaks as to the name, and stops."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from partners.adapters.courier import PinnedCourier, resolve, resolving
from partners.model.target import Reach, Target
from partners.ports import Post

NAME = "hooks.partner.test"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LAPTOP = Reach(local=True)


@contextmanager
def receiver(
    answer: bytes, tls: ssl.SSLContext | None = None, *, stays: bool = False
) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the port of a server that takes one request a connection and sends ``answer``, and what it heard."""
    heard: list[bytes] = []
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def one(plain: socket.socket) -> None:
        try:
            with tls.wrap_socket(plain, server_side=True) if tls else plain as sock:
                heard.append(_request(sock))
                sock.sendall(answer)
                if stays:
                    over.wait(10)
        except (OSError, IndexError):
            heard.append(b"")

    def serve() -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(plain,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1], heard
    over.set()
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


def _request(sock: socket.socket) -> bytes:
    """Return the head and, as long as it says, the body."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += sock.recv(65536) or b"\r\n\r\n"
    head, _, body = raw.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]) if head else 0
    while len(body) < length:
        body += sock.recv(65536)
    return head + b"\r\n\r\n" + body


def post(port: int, scheme: str = "http", host: str = NAME) -> Post:
    return Post(Target(scheme, host, port, "/in?a=1"), {"webhook-id": "msg_1"}, '{"a":"ä"}')


def to(*addresses: str) -> Callable[[str, int], list[str]]:
    return lambda _host, _port: list(addresses)


def test_a_post_carries_the_name_and_the_very_body() -> None:
    with receiver(OK) as (port, heard):
        answer = PinnedCourier(LAPTOP, resolve=to("127.0.0.1")).send(post(port))

    assert (answer.outcome, answer.status, answer.excerpt) == ("answered", 200, "ok")
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /in?a=1 HTTP/1.1\r\n")
    assert f"Host: {NAME}:{port}".encode() in head
    assert b"webhook-id: msg_1" in head
    assert body == '{"a":"ä"}'.encode()


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "fd00:ec2::254", "::", "100.64.1.1"]
)
def test_a_name_that_leads_inside_is_connected_to_nowhere(address: str) -> None:
    def never(*_: object) -> socket.socket:
        raise AssertionError("connected")

    courier = PinnedCourier(Reach(), resolve=to("93.184.216.34", address), connect=never)
    assert courier.send(post(443, "https")).outcome == "address_refused"


def test_a_name_that_answers_differently_the_second_time_leads_nowhere_else() -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    asked: list[str] = []
    connected: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked), 2) - 1]

    def connect(address: str, _port: int, _timeout: float) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    courier = PinnedCourier(Reach(), resolve=rebinding, connect=connect)
    first, second = courier.send(post(443, "https")), courier.send(post(443, "https"))

    assert first.outcome == "connection_refused"
    assert connected == ["93.184.216.34"], "one look, and the connection goes to what it showed"
    assert second.outcome == "address_refused"
    assert len(asked) == 2


def test_a_connection_that_ends_up_inside_after_all_is_dropped_unsaid() -> None:
    with receiver(OK) as (port, heard):

        def elsewhere(_address: str, _port: int, timeout: float) -> socket.socket:
            return socket.create_connection(("127.0.0.1", port), timeout)

        courier = PinnedCourier(Reach(), resolve=to("93.184.216.34"), connect=elsewhere)
        assert courier.send(post(443, "https")).outcome == "address_refused"
    assert heard in ([], [b"\r\n\r\n"], [b""])


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with receiver(OK) as (inner, inside):
        moved = (
            f"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:{inner}/\r\nContent-Length: 0\r\n\r\n".encode()
        )
        with receiver(moved) as (port, _):
            answer = PinnedCourier(LAPTOP, resolve=to("127.0.0.1")).send(post(port))
    assert (answer.status, answer.success, inside) == (307, False, [])


def test_an_endless_answer_is_read_to_its_bound() -> None:
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"a\x00b" * 400_000
    with receiver(endless) as (port, _):
        answer = PinnedCourier(LAPTOP, resolve=to("127.0.0.1")).send(post(port))
    assert answer.success
    assert len(answer.excerpt) == 500
    assert answer.excerpt.isprintable()


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nX: y"])
def test_who_does_not_finish_the_head_is_cut_off_at_the_deadline(said: bytes) -> None:
    with receiver(said, stays=True) as (port, _):
        courier = PinnedCourier(LAPTOP, resolve=to("127.0.0.1"), deadline_s=0.2)
        answer = courier.send(post(port))
    assert (answer.outcome, answer.status) == ("timed_out", None)
    assert answer.took_ms < 5_000


def test_who_does_not_finish_the_body_has_answered() -> None:
    with receiver(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", stays=True) as (port, _):
        courier = PinnedCourier(LAPTOP, resolve=to("127.0.0.1"), deadline_s=1.0)
        answer = courier.send(post(port))
    assert (answer.success, answer.excerpt) == (True, "ab")
    assert answer.took_ms < 5_000


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\xff" * 100])
def test_what_speaks_no_http_is_no_answer(said: bytes) -> None:
    with receiver(said) as (port, _):
        answer = PinnedCourier(LAPTOP, resolve=to("127.0.0.1"), deadline_s=2).send(post(port))
    assert (answer.status, answer.success) == (None, False)
    assert answer.outcome in {"unreadable_answer", "connection_lost"}


def test_a_receiver_says_when_to_come_back() -> None:
    for value, seconds in (("120", 120), ("-1", 0), ("soon", 0), ("9" * 30, 0)):
        busy = f"HTTP/1.1 429 Slow\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n".encode()
        with receiver(busy) as (port, _):
            answer = PinnedCourier(LAPTOP, resolve=to("127.0.0.1")).send(post(port))
        assert answer.retry_after_s == seconds


def test_nobody_there_and_no_name_have_words_of_their_own() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert PinnedCourier(LAPTOP, resolve=to("127.0.0.1")).send(post(port)).outcome == "connection_refused"
    assert PinnedCourier(LAPTOP, resolve=to()).send(post(port)).outcome == "unresolved"


def test_a_name_that_nobody_knows_or_that_takes_too_long_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over = threading.Event()

    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror("unknown")

    def slow(*_: object, **__: object) -> list[object]:
        over.wait(10)
        return []

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", unknown)
        assert PinnedCourier(LAPTOP).send(post(80)).outcome == "unresolved"
        patched.setattr(socket, "getaddrinfo", slow)
        patched.setattr(resolving, "RESOLVED_WITHIN_S", 0.05)
        assert PinnedCourier(LAPTOP).send(post(80)).outcome == "timed_out"
    over.set()


def test_a_second_address_is_tried_when_the_first_is_not_there() -> None:
    with receiver(OK) as (port, _):
        courier = PinnedCourier(LAPTOP, resolve=to("127.0.0.2", "127.0.0.1"))
        assert courier.send(post(port)).success


def test_the_systems_resolver_is_asked_within_a_bound() -> None:
    assert "127.0.0.1" in resolve("localhost", 80)
    with pytest.raises(OSError):
        resolve("a" * 70 + ".invalid", 80)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the server's context for ``NAME`` alone, and a client's that trusts it."""
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


def test_tls_is_spoken_to_the_name_and_its_certificate_held(
    authority: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    server, client = authority
    with receiver(OK, server) as (port, heard):
        good = PinnedCourier(LAPTOP, resolve=to("127.0.0.1"), tls=client)
        assert good.send(post(port, "https")).success
        assert good.send(post(port, "https", "other.partner.test")).outcome == "certificate_refused"
        stranger = PinnedCourier(LAPTOP, resolve=to("127.0.0.1"))
        assert stranger.send(post(port, "https")).outcome == "certificate_refused"
    assert sum(b"msg_1" in one for one in heard) == 1


def test_tls_with_who_speaks_none_fails() -> None:
    with receiver(b"hello, I am no TLS server\r\n") as (port, _):
        answer = PinnedCourier(LAPTOP, resolve=to("127.0.0.1"), deadline_s=0.3).send(post(port, "https"))
    assert answer.outcome in {"tls_failed", "timed_out", "connection_lost"}
