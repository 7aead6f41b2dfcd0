"""Connections open before the first call only where the environment starts before anybody calls."""

import socket
import threading
from typing import Any

import pytest

from kit import relay, warm
from kit.errors import Retryable
from kit.stores.redis import Redis, RedisError

TYPE = "AWS_LAMBDA_INITIALIZATION_TYPE"


@pytest.mark.parametrize(
    ("kind", "opened"), [("provisioned-concurrency", 1), ("on-demand", 0), ("snap-start", 0)]
)
def test_only_a_provisioned_environment_opens_ahead(
    monkeypatch: pytest.MonkeyPatch, kind: str, opened: int
) -> None:
    monkeypatch.setenv(TYPE, kind)
    done: list[int] = []
    warm.ahead(lambda: done.append(1))
    assert len(done) == opened


@pytest.mark.parametrize(("kind", "opened"), [("provisioned-concurrency", 1), ("on-demand", 0)])
def test_a_relay_opens_ahead_what_it_publishes_with_though_it_is_away(
    monkeypatch: pytest.MonkeyPatch, kind: str, opened: int
) -> None:
    tries: list[str] = []

    def away() -> Any:
        tries.append("opened")
        raise Retryable("the broker is away")

    monkeypatch.setenv(TYPE, kind)
    relay.handler(away, away)
    assert len(tries) == opened


def test_what_cannot_be_opened_ahead_fails_at_the_first_call_and_not_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(TYPE, "provisioned-concurrency")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        redis = Redis(f"redis://127.0.0.1:{nobody.getsockname()[1]}/0")
        with pytest.raises(Retryable):
            redis.call("PING")


@pytest.mark.parametrize(("said", "error"), [(b"-MISCONF disk", Retryable), (b"-ERR no", RedisError)])
def test_a_redis_that_cannot_write_its_disk_counts_as_away(said: bytes, error: type[Exception]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=_answer_once, args=(server, said))
        answering.start()
        redis = Redis(f"redis://127.0.0.1:{server.getsockname()[1]}/0", timeout_s=5)
        with pytest.raises(error):
            redis.call("SET", "key", "value")
        redis.close()
        answering.join()


def _answer_once(server: socket.socket, said: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(1024)
        connection.sendall(said + b"\r\n")
