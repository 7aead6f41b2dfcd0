"""Posting to connections over real HTTP: order, concurrency, and what each refusal leads to."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from builders.gateway import Gateway
from kit.aws import sigv4, wire
from realtime.adapters.posting import Poster
from realtime.adapters.signing import Signer
from realtime.parcels import Record

PAIR = sigv4.Credentials("AKID", "secret", "token")
SECOND = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture
def poster(gateway: Gateway) -> Iterator[Poster]:
    end = wire.parse(gateway.url)
    made = Poster(end, Signer(end, "ap-south-1", lambda: PAIR, SECOND.timestamp), width=8)
    yield made
    made.close()


def record(frame: bytes, *connections: str, close: bool = False) -> Record:
    return Record(list(connections), frame, close)


def test_each_connection_gets_its_frames_in_order_one_at_a_time(gateway: Gateway, poster: Poster) -> None:
    everyone = [f"conn{number}=" for number in range(40)]
    frames = [b'{"offset":%d}' % number for number in range(10)]
    out = poster.deliver([record(frame, *everyone) for frame in frames], 10)
    assert out.posted == 400
    assert all(gateway.frames[one] == frames for one in everyone)
    assert gateway.overlaps == 0
    assert gateway.most_at_once > 1


def test_the_signature_is_the_one_kit_makes(gateway: Gateway, poster: Poster) -> None:
    poster.deliver([record(b'{"x":1}', "L0SM9cOFvHcCIhw=")], 5)
    sent = dict(line.split(": ", 1) for line in gateway.headers[0].decode().split("\r\n")[1:-2])
    path = "/live/@connections/L0SM9cOFvHcCIhw%3D"
    request = sigv4.Request("POST", wire.parse(gateway.url).authority, path, body=b'{"x":1}')
    theirs = dict(sigv4.sign(request, PAIR, service="execute-api", region="ap-south-1", now=SECOND))
    assert {name: sent[name] for name in theirs} == theirs


def test_a_gone_connection_is_named_and_its_other_frames_are_not_tried(
    gateway: Gateway, poster: Poster
) -> None:
    gateway.answers["a"] = [410]
    out = poster.deliver([record(b"1", "a", "b"), record(b"2", "a", "b")], 5)
    assert out.gone == {"a"}
    assert gateway.frames["b"] == [b"1", b"2"]
    assert sum(b"/a HTTP" in head for head in gateway.headers) == 1


def test_a_slow_consumer_is_ended_so_that_it_resumes(gateway: Gateway, poster: Poster) -> None:
    gateway.answers["a"] = [200, 429]
    out = poster.deliver([record(b"1", "a"), record(b"2", "a"), record(b"3", "a")], 5)
    assert out.slow == {"a"}
    assert gateway.frames["a"] == [b"1"]
    assert gateway.deleted == ["a"]


def test_a_connection_is_closed_after_its_last_frame(gateway: Gateway, poster: Poster) -> None:
    poster.deliver([record(b"1", "a"), record(b"end", "a", close=True)], 5)
    assert gateway.frames["a"] == [b"1", b"end"]
    assert gateway.deleted == ["a"]


def test_a_server_error_is_tried_again_and_then_given_up(gateway: Gateway, poster: Poster) -> None:
    gateway.answers["a"] = [500, 503]
    gateway.answers["b"] = [500, 500, 500, 500]
    out = poster.deliver([record(b"1", "a", "b"), record(b"2", "a", "b")], 5)
    assert gateway.frames["a"] == [b"1", b"2"]
    assert out.lost == {"b"}
    assert gateway.frames["b"] == []


def test_a_socket_the_server_closes_is_opened_again(gateway: Gateway, poster: Poster) -> None:
    gateway.cut_after = 3
    frames = [b"%d" % number for number in range(20)]
    out = poster.deliver([record(frame, "a", "b") for frame in frames], 10)
    assert not out.lost
    for one in ("a", "b"):
        assert list(dict.fromkeys(gateway.frames[one])) == frames


def test_sockets_are_kept_between_rounds(gateway: Gateway, poster: Poster) -> None:
    poster.deliver([record(b"1", "a")], 5)
    first = poster._lanes[-1].fileno()
    poster.deliver([record(b"2", "a")], 5)
    assert poster._lanes[-1].fileno() == first
    assert gateway.frames["a"] == [b"1", b"2"]


def test_a_gateway_that_does_not_answer_ends_the_round_at_its_deadline(
    gateway: Gateway, poster: Poster
) -> None:
    gateway.hang = True
    began = time.monotonic()
    out = poster.deliver([record(b"1", "a", "b")], 0.5)
    assert time.monotonic() - began < 2
    assert out.lost == {"a", "b"}


def test_nobody_listening_loses_the_round_without_raising() -> None:
    end = wire.Endpoint("127.0.0.1", 1, tls=False)
    poster = Poster(end, Signer(end, "ap-south-1", lambda: PAIR, SECOND.timestamp))
    assert poster.deliver([record(b"1", "a")], 2).lost == {"a"}
