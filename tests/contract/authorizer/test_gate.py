"""One suite for the gate: in memory and on a real Redis."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from authorizer.adapters.memory import MemoryGate
from authorizer.adapters.redis import RedisGate
from authorizer.errors import TokenRefused
from authorizer.ports import Gate
from builders.tokens import NOW
from kit import ids
from kit.errors import Retryable
from kit.identity import Limit
from kit.stores.redis import Redis

START = NOW // 3600 * 3600


@dataclass
class Gated:
    gate: Gate
    revoke: Callable[[str], object]
    refuse_before: Callable[[str, int], object]
    subject: str

    def check(
        self, at: float = START, *, family: str = "f", issued_at: int = START, quota: int = 3, burst: int = 0
    ) -> Limit:
        return self.gate.check(
            subject=self.subject,
            family=family,
            issued_at=issued_at,
            quota=quota,
            burst_class="trading",
            burst=burst,
            now=at,
        )


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.stores)])
def gated(request: pytest.FixtureRequest) -> Iterator[Gated]:
    subject = ids.uuid7()
    if request.param == "memory":
        memory = MemoryGate()
        yield Gated(memory, memory.revoke_family, memory.refuse_before, subject)
        return
    redis = Redis(request.getfixturevalue("redis_url"), timeout_s=5)
    redis.call("FLUSHDB")
    redis.call("SET", "auth:complete", "1")
    yield Gated(
        RedisGate(redis),
        lambda family: redis.call("SET", f"auth:family:{family}", "1"),
        lambda who, second: redis.call("SET", f"auth:nbf:{who}", second),
        subject,
    )
    redis.close()


def test_a_quota_is_counted_down_and_then_exceeded(gated: Gated) -> None:
    seen = [gated.check() for _ in range(4)]
    assert [one.remaining for one in seen] == [2, 1, 0, 0]
    assert [one.exceeded for one in seen] == [False, False, False, True]
    assert (seen[3].limit, seen[3].exceeded) == (3, True)
    assert seen[3].reset_s > 0


def test_a_quota_is_free_again_after_two_hours(gated: Gated) -> None:
    for _ in range(3):
        gated.check()
    assert gated.check(START + 7200) == Limit(3, 2, 3600)


def test_an_exceeded_caller_can_come_back_when_told(gated: Gated) -> None:
    for _ in range(3):
        gated.check()
    refused = gated.check(START + 10)
    again = gated.check(START + 10 + refused.reset_s)
    assert not again.exceeded


def test_refused_requests_cost_nothing(gated: Gated) -> None:
    for _ in range(50):
        gated.check()
    again = gated.check(START + 7200)
    assert not again.exceeded


def test_a_burst_is_refused_before_the_quota(gated: Gated) -> None:
    seen = [gated.check(quota=100, burst=2) for _ in range(3)]
    assert [one.exceeded for one in seen] == [False, False, True]
    assert seen[2].limit == 2
    assert seen[2].reset_s <= 120
    later = gated.check(START + 120, quota=100, burst=2)
    assert (later.limit, later.remaining) == (100, 97)


def test_a_revoked_family_is_refused_and_takes_nothing(gated: Gated) -> None:
    gated.revoke("gone")
    with pytest.raises(TokenRefused) as refused:
        gated.check(family="gone")
    assert refused.value.reason == "revoked"
    limit = gated.check()
    assert limit.remaining == 2


def test_tokens_from_before_a_change_are_stale(gated: Gated) -> None:
    gated.refuse_before(gated.subject, START)
    with pytest.raises(TokenRefused) as refused:
        gated.check(issued_at=START - 1)
    assert refused.value.reason == "stale"
    assert not gated.check(issued_at=START).exceeded


@pytest.mark.stores
def test_without_the_marker_redis_counts_as_away(redis_url: str) -> None:
    redis = Redis(redis_url)
    redis.call("FLUSHDB")
    gated = Gated(RedisGate(redis), lambda _: None, lambda _, __: None, ids.uuid7())
    with pytest.raises(Retryable):
        gated.check()
    redis.call("SET", "auth:complete", "1")
    assert gated.check().limit > 0


@pytest.mark.stores
def test_a_redis_that_refuses_counts_as_away(redis_url: str) -> None:
    redis = Redis(redis_url)
    redis.call("SET", "auth:complete", "1")
    gated = Gated(RedisGate(redis), lambda _: None, lambda _, __: None, ids.uuid7())
    redis.call("SET", f"limit:plan:{gated.subject}", "not a hash")
    with pytest.raises(Retryable):
        gated.check()


@pytest.mark.stores
def test_one_check_is_one_round_trip(redis_url: str) -> None:
    redis = Redis(redis_url)
    redis.call("SET", "auth:complete", "1")
    gated = Gated(RedisGate(redis), lambda _: None, lambda _, __: None, ids.uuid7())
    gated.check()
    before = _commands(redis)
    gated.check(burst=5)
    assert _commands(redis) - before == 2  # the check, and this INFO


def test_an_unreachable_redis_counts_as_away() -> None:
    gated = Gated(RedisGate(Redis("redis://127.0.0.1:1")), lambda _: None, lambda _, __: None, ids.uuid7())
    with pytest.raises(Retryable):
        gated.check()


def _commands(redis: Redis) -> int:
    text = redis.call("INFO", "commandstats").decode()
    calls = [
        line
        for line in text.splitlines()
        if line.startswith(("cmdstat_evalsha", "cmdstat_eval:", "cmdstat_info"))
    ]
    return sum(int(line.split("calls=")[1].split(",")[0]) for line in calls)
