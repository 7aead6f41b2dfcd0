"""The registry and the tickets, in memory and in Redis: one suite."""

from collections.abc import Iterator

import pytest

from builders.realtime import NOW, caller, registration
from kit.stores.redis import Redis
from realtime.adapters.memory_registry import MemoryRegistry, MemoryTickets
from realtime.adapters.redis_registry import RedisRegistry
from realtime.adapters.redis_tickets import RedisTickets
from realtime.errors import SessionEnded, TooManyChannels, TooManyConnections
from realtime.model import NOTICE_AFTER_S, NOTICE_SPREAD_S, SIGNALS, ChannelKey, ConnectionId, shard_of
from realtime.ports import Registry, Tickets

SHARDS = 4
A, B, C = ConnectionId("aaa="), ConnectionId("bbb="), ConnectionId("ccc=")


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    client = Redis(redis_url)
    client.call("FLUSHALL")
    yield client
    client.close()


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.stores)])
def registry(request: pytest.FixtureRequest) -> Registry:
    if request.param == "memory":
        return MemoryRegistry(SHARDS)
    return RedisRegistry(request.getfixturevalue("redis"), SHARDS)


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.stores)])
def tickets(request: pytest.FixtureRequest) -> Tickets:
    return MemoryTickets() if request.param == "memory" else RedisTickets(request.getfixturevalue("redis"))


def test_a_ticket_is_good_once_and_only_the_one_given(tickets: Tickets) -> None:
    tickets.keep("secret", caller(), 12.5)
    assert tickets.take("other") is None
    assert tickets.take("secret") == (caller(), 12.5)
    assert tickets.take("secret") is None


def test_a_subscriber_is_found_in_the_shard_of_its_connection(registry: Registry) -> None:
    registry.register(registration(A), 5)
    registry.register(registration(B, "user-2"), 5)
    assert registry.subscribe(A, SIGNALS, 10)
    assert registry.subscribe(B, SIGNALS, 10)
    assert registry.subscribe(B, ChannelKey("quotes:NIFTY"), 10)
    found = registry.subscribers(SIGNALS)
    assert sorted((shard, one) for shard, ids in found.items() for one in ids) == sorted(
        [(shard_of(A, SHARDS), A), (shard_of(B, SHARDS), B)]
    )
    assert registry.channels(B) == ("quotes:NIFTY", "signals")


def test_unsubscribed_and_forgotten_connections_get_nothing_more(registry: Registry) -> None:
    for one in (A, B):
        registry.register(registration(one), 5)
        registry.subscribe(one, SIGNALS, 10)
    registry.unsubscribe(A, SIGNALS)
    registry.forget([B, C])
    assert dict(registry.subscribers(SIGNALS)) == {}
    assert registry.channels(A) == ()
    assert registry.channels(B) is None


def test_an_unknown_connection_cannot_subscribe(registry: Registry) -> None:
    assert not registry.subscribe(A, SIGNALS, 10)


def test_the_cap_on_connections_counts_only_living_ones(registry: Registry) -> None:
    registry.register(registration(A), 2)
    registry.register(registration(B), 2)
    registry.register(registration(B), 2)
    with pytest.raises(TooManyConnections):
        registry.register(registration(C), 2)
    registry.forget([A])
    registry.register(registration(C), 2)
    assert [one.id for one in registry.of_subject("user-1")] == [B, C]


def test_the_cap_on_channels_lets_a_known_one_be_asked_again(registry: Registry) -> None:
    registry.register(registration(A), 5)
    registry.subscribe(A, SIGNALS, 1)
    assert registry.subscribe(A, SIGNALS, 1)
    with pytest.raises(TooManyChannels):
        registry.subscribe(A, ChannelKey("quotes:NIFTY"), 1)


def test_a_ticket_from_before_a_change_of_plan_opens_nothing(registry: Registry) -> None:
    registry.change_plan("user-1", "free", NOW.timestamp())
    with pytest.raises(SessionEnded):
        registry.register(registration(A, plan="premium", ticket_at=NOW.timestamp() - 1), 5)
    registry.register(registration(A, plan="premium", ticket_at=NOW.timestamp() + 1), 5)
    registry.register(registration(B, plan="free", ticket_at=NOW.timestamp() - 1), 5)


def test_notices_are_due_within_their_spread_and_once(registry: Registry) -> None:
    registry.register(registration(A), 5)
    registry.register(registration(B), 5)
    start = NOW.timestamp() + NOTICE_AFTER_S
    assert list(registry.due(start - 1, 10)) == []
    due = registry.due(start + NOTICE_SPREAD_S, 10)
    assert sorted(due) == [A, B]
    registry.noticed(due)
    assert list(registry.due(start + NOTICE_SPREAD_S, 10)) == []


@pytest.mark.stores
def test_revocation_marks_refuse_a_registration(redis: Redis) -> None:
    registry = RedisRegistry(redis, SHARDS)
    redis.call("SET", "auth:family:family-1", "1")
    with pytest.raises(SessionEnded):
        registry.register(registration(A), 5)
    redis.call("DEL", "auth:family:family-1")
    redis.call("SET", "auth:nbf:user-1", int(NOW.timestamp()) + 5)
    with pytest.raises(SessionEnded):
        registry.register(registration(A), 5)
    redis.call("SET", "auth:nbf:user-1", int(NOW.timestamp()) - 5)
    registry.register(registration(A), 5)


@pytest.mark.stores
def test_a_connection_whose_registration_expired_is_still_cleared_from_signals(redis: Redis) -> None:
    registry = RedisRegistry(redis, SHARDS)
    registry.register(registration(A), 5)
    registry.subscribe(A, SIGNALS, 5)
    redis.call("DEL", f"rt:conn:{A}", f"rt:conn:{A}:ch")
    registry.forget([A])
    assert dict(registry.subscribers(SIGNALS)) == {}


@pytest.mark.stores
def test_a_ticket_is_not_kept_in_the_clear_and_expires(redis: Redis) -> None:
    RedisTickets(redis).keep("secret", caller(), 1.0)
    (key,) = redis.call("KEYS", "rt:ticket:*")
    assert b"secret" not in key
    assert 0 < redis.call("TTL", key) <= 30
