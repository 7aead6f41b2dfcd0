"""One suite for the gate of API keys: in memory, and on a real Redis as the partners domain mirrors to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from authorizer.adapters.keys import RedisKeyGate
from authorizer.adapters.memory import MemoryKey, MemoryKeyGate
from authorizer.errors import TokenRefused
from authorizer.ports import KeyGate, KnownKey
from builders.tokens import NOW
from kit import ids
from kit.errors import Retryable
from kit.identity import Limit
from kit.stores.redis import Redis
from partners.adapters.redis import RedisCounters, RedisKeyMirror
from partners.model.application import OwnerId
from partners.model.key import KeyId, digest_of
from partners.model.mirrored import MirroredKey
from partners.model.network import prefix_bits

START = NOW // 3600 * 3600
HOUR = datetime.fromtimestamp(START, UTC)
SECRET = "s" * 43
INSIDE, OUTSIDE = f"{(0xFFFF << 32 | 0xCB007107):0128b}", f"{1:0128b}"
NETWORK = "203.0.113.0/24"


@dataclass
class Gated:
    gate: KeyGate
    mirror: Callable[[MirroredKey], None]
    lose_marker: Callable[[], None]
    counted: Callable[[KeyId], tuple[int, int, int]]

    def check(
        self,
        key: MirroredKey,
        at: float = START,
        *,
        secret: str = SECRET,
        address: str = INSIDE,
        burst: int = 0,
    ) -> KnownKey:
        digest = digest_of(secret).hex()
        return self.gate.check(
            prefix=key.prefix, digest=digest, address=address, burst_class="quotes", burst=burst, now=at
        )


def a_key(quota: int = 3, networks: tuple[str, ...] = ()) -> MirroredKey:
    owner = OwnerId(ids.uuid7())
    return MirroredKey(
        prefix=ids.uuid7().replace("-", "")[-12:],
        revision=1,
        live=True,
        digest=digest_of(SECRET),
        key=KeyId(ids.uuid7()),
        owner=owner,
        plan="enterprise",
        scopes=("market:read", "signals:read"),
        networks=tuple(prefix_bits(one) for one in networks),
        expires_at=datetime.fromtimestamp(START + 7200, UTC),
        quota=quota,
        bucket=owner,
    )


def in_memory() -> Gated:
    gate = MemoryKeyGate()

    def mirror(one: MirroredKey) -> None:
        gate.keys[one.prefix] = MemoryKey(
            id=one.key,
            digest=one.digest.hex() if one.live else "",
            owner=one.owner,
            expires_at=one.expires_at.timestamp(),
            quota=one.quota,
            scopes=frozenset(one.scopes),
            networks=tuple("" if bits == "*" else bits for bits in one.networks),
        )

    def counted(key: KeyId) -> tuple[int, int, int]:
        one, two, three = (
            gate.counted[START // 3600, key, what] for what in ("requests", "limited", "barred")
        )
        return one, two, three

    return Gated(gate, mirror, lambda: setattr(gate, "whole", False), counted)


def on_redis(redis: Redis) -> Gated:
    mirror, counters = RedisKeyMirror(redis), RedisCounters(redis)
    assert mirror.complete(mirror.begin())

    def counted(key: KeyId) -> tuple[int, int, int]:
        found = [one for one in counters.read(HOUR) if one.key == key]
        return (found[0].requests, found[0].limited, found[0].barred) if found else (0, 0, 0)

    return Gated(
        RedisKeyGate(redis),
        lambda one: mirror.put([one]),
        lambda: redis.call("DEL", "key:complete"),
        counted,
    )


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.stores)])
def gated(request: pytest.FixtureRequest) -> Iterator[Gated]:
    if request.param == "memory":
        yield in_memory()
        return
    redis = Redis(request.getfixturevalue("redis_url"), timeout_s=5)
    redis.call("FLUSHDB")
    yield on_redis(redis)
    redis.close()


def refused(gated: Gated, key: MirroredKey, at: float = START, secret: str = SECRET) -> str:
    with pytest.raises(TokenRefused) as raised:
        gated.check(key, at, secret=secret)
    return raised.value.reason


def test_a_known_key_is_its_owner_with_its_scopes_and_what_is_left(gated: Gated) -> None:
    key = a_key()
    gated.mirror(key)

    known = gated.check(key)
    assert known == KnownKey(
        key.key, key.owner, "enterprise", frozenset({"market:read", "signals:read"}), Limit(3, 2, 3600)
    )


def test_each_request_is_counted_and_the_quota_ends(gated: Gated) -> None:
    key = a_key(quota=3)
    gated.mirror(key)
    limits = [gated.check(key).limit for _ in range(5)]

    assert [one.exceeded for one in limits if one] == [False, False, False, True, True]
    assert gated.counted(key.key) == (5, 2, 0)


def test_a_burst_is_held_apart_from_the_hour(gated: Gated) -> None:
    key = a_key(quota=100)
    gated.mirror(key)
    limits = [gated.check(key, burst=2).limit for _ in range(3)]

    assert [(one.limit, one.exceeded) for one in limits if one] == [(100, False), (100, False), (2, True)]
    assert gated.counted(key.key) == (3, 1, 0)


def test_what_is_unknown_forged_or_over_is_refused_and_takes_nothing(gated: Gated) -> None:
    key = a_key(quota=1)
    assert refused(gated, key) == "key"
    gated.mirror(key)

    assert refused(gated, key, secret="t" * 43) == "key"
    assert refused(gated, key, START + 7200) == "key"
    assert gated.counted(key.key) == (0, 0, 0)
    assert gated.check(key).limit == Limit(1, 0, 3600)


def test_a_key_that_ended_is_refused_at_once(gated: Gated) -> None:
    key = a_key()
    gated.mirror(key)
    gated.check(key)
    gated.mirror(replace(key, live=False, revision=2))

    assert refused(gated, key) == "key"


def test_outside_of_the_allow_list_nothing_is_taken(gated: Gated) -> None:
    key = a_key(quota=1, networks=(NETWORK, "2001:db8::/32"))
    gated.mirror(key)

    assert gated.check(key, address=OUTSIDE).limit is None
    assert gated.check(key, address=INSIDE).limit == Limit(1, 0, 3600)
    six = f"{0x20010DB8 << 96 | 5:0128b}"
    limit = gated.check(key, address=six).limit
    assert limit is not None
    assert limit.exceeded
    assert gated.counted(key.key) == (2, 1, 1)


def test_the_whole_internet_may_be_named(gated: Gated) -> None:
    key = a_key(networks=("::/0",))
    gated.mirror(key)

    assert gated.check(key, address=OUTSIDE).limit is not None


def test_without_its_marker_the_mirror_is_away(gated: Gated) -> None:
    key = a_key()
    gated.mirror(key)
    gated.lose_marker()

    with pytest.raises(Retryable):
        gated.check(key)
