"""One suite for the mirror of keys, in memory and on a real Redis; and the counters on Redis."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from builders.partners import Desk, somebody
from kit import clock
from kit.errors import Retryable
from kit.stores.redis import Redis
from partners.adapters.memory import MemoryKeyMirror
from partners.adapters.redis import RedisCounters, RedisKeyMirror
from partners.model.mirrored import MirroredKey
from partners.model.usage import Counted
from partners.ports import KeyMirror

HOUR = datetime(2027, 1, 15, 8, tzinfo=UTC)


@dataclass
class Mirrored:
    mirror: KeyMirror
    wipe: Callable[[], object]
    live: Callable[[str], bool]


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    found = Redis(redis_url, timeout_s=5)
    found.call("FLUSHDB")
    yield found
    found.close()


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.stores)])
def mirrored(request: pytest.FixtureRequest) -> Mirrored:
    if request.param == "memory":
        memory = MemoryKeyMirror()
        return Mirrored(memory, memory.wipe, memory.live)
    redis: Redis = request.getfixturevalue("redis")

    def live(prefix: str) -> bool:
        return bool(redis.call("EXISTS", "key:complete")) and bool(
            redis.call("HGET", f"key:{prefix}", "digest")
        )

    return Mirrored(RedisKeyMirror(redis), lambda: redis.call("FLUSHDB"), live)


def a_key() -> MirroredKey:
    desk = Desk()
    made = desk.application(somebody())
    desk.issue(made)
    (found,) = desk.stores.source.of_application(made.id, clock.now())
    return found


def test_nothing_opens_before_the_mirror_is_whole(mirrored: Mirrored) -> None:
    key = a_key()
    mirrored.mirror.put([key])
    assert not mirrored.live(key.prefix)

    mark = mirrored.mirror.begin()
    assert mirrored.mirror.fill(mark, [key])
    assert mirrored.mirror.complete(mark)
    assert mirrored.live(key.prefix)


def test_a_newer_revision_is_never_overwritten(mirrored: Mirrored) -> None:
    key = a_key()
    mirrored.mirror.complete(mirrored.mirror.begin())
    mirrored.mirror.put([replace(key, revision=key.revision + 1, live=False)])

    mirrored.mirror.put([key])
    assert not mirrored.live(key.prefix)
    assert mirrored.mirror.fill(mirrored.mirror.begin(), [key])
    assert not mirrored.live(key.prefix)


def test_a_wipe_while_it_is_rebuilt_is_seen(mirrored: Mirrored) -> None:
    key, mark = a_key(), mirrored.mirror.begin()
    mirrored.wipe()

    assert not mirrored.mirror.fill(mark, [key])
    assert not mirrored.mirror.complete(mark)
    assert not mirrored.live(key.prefix)


def test_two_rebuilds_at_once_do_not_hinder_one_another(mirrored: Mirrored) -> None:
    one, two = mirrored.mirror.begin(), mirrored.mirror.begin()
    assert mirrored.mirror.fill(one, [a_key()])
    assert mirrored.mirror.complete(two)
    assert mirrored.mirror.complete(one)
    assert not mirrored.mirror.complete(one)


def test_a_mirror_that_is_wiped_again_and_again_is_not_taken_for_whole() -> None:
    desk = Desk()
    desk.issue(desk.application(somebody()))
    mirror = desk.memory_mirror

    def wiped(_mark: str, _keys: object) -> bool:
        return False

    mirror.wipe()
    mirror.fill = wiped  # type: ignore[method-assign,assignment]  # a memory that loses its mark each time
    with pytest.raises(Retryable):
        desk.mirroring.rebuild()
    assert not mirror.whole


@pytest.mark.stores
def test_an_entry_and_the_marker_end_unless_they_are_renewed(redis: Redis) -> None:
    key, mirror = a_key(), RedisKeyMirror(redis)
    mark = mirror.begin()
    mirror.fill(mark, [key])
    mirror.complete(mark)

    assert 0 < redis.call("TTL", "key:complete") <= 300
    assert 0 < redis.call("TTL", f"key:{key.prefix}") <= 300


@pytest.mark.stores
def test_counters_are_read_as_they_stand_and_forgotten_by_hour(redis: Redis) -> None:
    number = int(HOUR.timestamp()) // 3600
    redis.call("HSET", f"usage:{number}", "epoch", "e", "requests:k", 5, "limited:k", 2, "barred:j", 1)
    redis.call("SADD", "usage:hours", number)
    counters = RedisCounters(redis)

    assert counters.hours() == [HOUR]
    assert sorted(counters.read(HOUR), key=lambda one: one.key) == [
        Counted("j", HOUR, "e", 0, 0, 1),  # type: ignore[arg-type]  # short ids are read better
        Counted("k", HOUR, "e", 5, 2, 0),  # type: ignore[arg-type]  # as above
    ]
    counters.forget(HOUR)
    assert counters.hours() == []
    assert counters.read(HOUR) == []
    assert counters.read(HOUR + timedelta(hours=1)) == []
