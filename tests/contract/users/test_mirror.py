"""One suite for the mirror of revocations: in memory and on a real Redis."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from kit import ids
from kit.errors import Retryable
from kit.stores.redis import Redis
from users.adapters.memory import MemoryMirror
from users.adapters.redis import RedisMirror
from users.model import FamilyId, UserId
from users.ports import RevocationMirror

FAMILY = FamilyId(ids.uuid7())
USER = UserId(ids.uuid7())


@dataclass
class Mirrored:
    mirror: RevocationMirror
    wipe: Callable[[], object]
    revoked: Callable[[FamilyId], bool]
    stale_before: Callable[[UserId], int]


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.stores)])
def mirrored(request: pytest.FixtureRequest) -> Iterator[Mirrored]:
    if request.param == "memory":
        memory = MemoryMirror()
        yield Mirrored(
            memory, memory.wipe, memory.families.__contains__, lambda user: memory.stale.get(user, 0)
        )
        return
    redis = Redis(request.getfixturevalue("redis_url"), timeout_s=5)
    redis.call("FLUSHDB")
    yield Mirrored(
        RedisMirror(redis),
        lambda: redis.call("FLUSHDB"),
        lambda family: bool(redis.call("EXISTS", f"auth:family:{family}")),
        lambda user: int(redis.call("GET", f"auth:nbf:{user}") or 0),
    )
    redis.close()


def test_an_empty_memory_is_not_ready(mirrored: Mirrored) -> None:
    assert not mirrored.mirror.ready()
    mirrored.mirror.revoke_family(FAMILY)
    assert not mirrored.mirror.ready()


def test_a_rebuild_writes_everything_then_the_marker(mirrored: Mirrored) -> None:
    mark = mirrored.mirror.begin()
    assert not mirrored.mirror.ready()
    assert mirrored.mirror.complete(mark, [FAMILY], [(USER, 7)])
    assert mirrored.mirror.ready()
    assert mirrored.revoked(FAMILY)
    assert mirrored.stale_before(USER) == 7


def test_a_wipe_while_rebuilding_leaves_no_marker(mirrored: Mirrored) -> None:
    mark = mirrored.mirror.begin()
    mirrored.wipe()
    assert not mirrored.mirror.complete(mark, [FAMILY], [])
    assert not mirrored.mirror.ready()


def test_an_older_rebuild_does_not_lower_a_newer_second(mirrored: Mirrored) -> None:
    mark = mirrored.mirror.begin()
    mirrored.mirror.refuse_before(USER, 9)
    mirrored.mirror.complete(mark, [], [(USER, 7)])
    assert mirrored.stale_before(USER) == 9
    mirrored.mirror.refuse_before(USER, 8)
    assert mirrored.stale_before(USER) == 9


def test_many_revocations_fit_in_one_rebuild(mirrored: Mirrored) -> None:
    families = [FamilyId(ids.uuid7()) for _ in range(3_000)]
    assert mirrored.mirror.complete(mirrored.mirror.begin(), families, [])
    assert all(map(mirrored.revoked, families[:5]))


@pytest.mark.stores
def test_every_key_of_the_mirror_ends_by_itself(redis_url: str) -> None:
    redis = Redis(redis_url)
    redis.call("FLUSHDB")
    mirror = RedisMirror(redis)
    mirror.complete(mirror.begin(), [FAMILY], [(USER, 7)])
    mirror.revoke_family(FAMILY)
    lives = {key: int(redis.call("TTL", key)) for key in redis.call("KEYS", "auth:*")}
    assert set(lives) == {
        b"auth:complete",
        f"auth:family:{FAMILY}".encode(),
        f"auth:nbf:{USER}".encode(),
    }
    assert lives.pop(b"auth:complete") <= 300
    assert all(900 < life <= 1080 for life in lives.values())


def test_a_memory_that_is_away_says_so() -> None:
    mirror = RedisMirror(Redis("redis://127.0.0.1:1"))
    with pytest.raises(Retryable):
        mirror.ready()
