"""The Redis client against a real server, and against servers that misbehave."""

import socket
import threading
from collections.abc import Iterator

import pytest

from kit.errors import Retryable
from kit.stores.redis import Redis, RedisError, Script

pytestmark = pytest.mark.stores


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    client = Redis(redis_url)
    client.call("FLUSHALL")
    yield client
    client.close()


def test_values_go_in_and_out_as_bytes(redis: Redis) -> None:
    assert redis.call("SET", "k", "₹\r\n", "EX", 30) == b"OK"
    assert redis.call("GET", "k") == "₹\r\n".encode()
    assert redis.call("GETDEL", "k") == "₹\r\n".encode()
    assert redis.call("GET", "k") is None


def test_a_pipeline_answers_in_order(redis: Redis) -> None:
    assert redis.pipeline([("INCR", "n"), ("INCRBY", "n", 5), ("MGET", "n", "absent")]) == [
        1,
        6,
        [b"6", None],
    ]


def test_a_refused_command_in_a_pipeline_leaves_the_client_usable(redis: Redis) -> None:
    with pytest.raises(RedisError, match="WRONGTYPE"):
        redis.pipeline([("SET", "s", "x"), ("LPUSH", "s", "y"), ("SET", "t", "z")])
    assert redis.call("GET", "t") == b"z"


def test_a_script_runs_by_hash_and_again_after_the_server_forgot_it(redis: Redis) -> None:
    script = Script("return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}")
    assert redis.script(script, ["a"], ["b"]) == [b"a", b"b", 1]
    redis.call("SCRIPT", "FLUSH")
    assert redis.script(script, ["a"], ["b"]) == [b"a", b"b", 2]
    assert redis.script(script, ["a"], ["b"]) == [b"a", b"b", 3]


def test_a_connection_the_server_closed_is_replaced_before_sending(redis: Redis, redis_url: str) -> None:
    mine = redis.call("CLIENT", "ID")
    other = Redis(redis_url)
    assert other.call("CLIENT", "KILL", "ID", mine) == 1
    assert redis.call("INCR", "once") == 1
    assert redis.call("CLIENT", "ID") != mine
    other.close()


def test_a_wrong_password_is_retryable_and_named(redis_url: str) -> None:
    place = redis_url.rpartition("@")[2].partition("://")[2] or redis_url.rpartition("@")[2]
    with pytest.raises(Retryable, match="WRONGPASS"):
        Redis(f"redis://default:wrong@{place}").call("PING")


def test_a_large_value_survives(redis: Redis) -> None:
    blob = bytes(range(256)) * 4096
    redis.call("SET", "big", blob)
    assert redis.call("GET", "big") == blob


def test_a_server_that_does_not_answer_ends_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = Redis(f"redis://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.1)
        with pytest.raises(Retryable, match="no answer within"):
            client.call("PING")
        client.close()


def test_a_late_reply_is_never_taken_for_the_next_commands() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        release = threading.Event()
        peers: list[socket.socket] = []

        def serve() -> None:
            first, _ = server.accept()
            peers.append(first)
            first.recv(1000)
            release.wait(5)
            first.sendall(b"+LATE\r\n")
            second, _ = server.accept()
            peers.append(second)
            second.recv(1000)
            second.sendall(b"+NEW\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        client = Redis(f"redis://127.0.0.1:{server.getsockname()[1]}", timeout_s=0.1)
        with pytest.raises(Retryable):
            client.call("GET", "a")
        release.set()
        client._timeout_s = 5.0
        assert client.call("GET", "b") == b"NEW"
        thread.join()
        client.close()
        for peer in peers:
            peer.close()


def test_nobody_listening_is_retryable() -> None:
    with pytest.raises(Retryable):
        Redis("redis://127.0.0.1:1").call("PING")


@pytest.mark.parametrize("url", ["http://x", "redis"])
def test_what_is_not_a_redis_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="redis://"):
        Redis(url)
