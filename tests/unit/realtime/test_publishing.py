"""From events to parcels: signals, their delayed copies, quotes, ended entitlements and notices."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from builders.realtime import NOW, closed, published, recalled, registration, revised
from kit import events
from kit.errors import Poison
from kit.events.user_events import UserPlanChanged, UserSessionsRevoked
from kit.identity import Plan
from realtime.adapters.memory import MemoryChannels, MemoryDelayed, MemoryHistory, MemoryPlans, MemoryQueue
from realtime.adapters.memory_registry import MemoryRegistry
from realtime.model import MAX_FRAME_BYTES, NOTICE_AFTER_S, NOTICE_SPREAD_S, SIGNALS, ChannelKey, ConnectionId
from realtime.service.entitlement import Entitlement
from realtime.service.notices import send_notices
from realtime.service.publishing import Publishing

SHARDS = 4


@dataclass
class World:
    channels: MemoryChannels = field(default_factory=MemoryChannels)
    delayed: MemoryDelayed = field(default_factory=MemoryDelayed)
    history: MemoryHistory = field(default_factory=MemoryHistory)
    registry: MemoryRegistry = field(default_factory=lambda: MemoryRegistry(SHARDS))
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    plans: MemoryPlans = field(default_factory=MemoryPlans)

    def __post_init__(self) -> None:
        self.publishing = Publishing(self.channels, self.delayed, self.history, self.registry, self.queue)
        self.entitlement = Entitlement(lambda: self.plans, self.registry, self.queue, SHARDS)

    def join(self, name: str, *, channel: str = "signals", plan: Plan = "premium", **changes: Any) -> None:
        self.registry.register(registration(name, changes.pop("subject", name), plan, **changes), 20)
        self.registry.subscribe(ConnectionId(name), ChannelKey(channel), 10)

    def received(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(one.frame) for one in self.queue.sent if name in one.connections]

    def closed(self) -> set[str]:
        return {one for parcel in self.queue.sent if parcel.then_close for one in parcel.connections}


@pytest.fixture
def world() -> World:
    return World()


def test_a_published_signal_reaches_every_subscriber_of_the_channel(world: World) -> None:
    for name in ("a", "b", "c"):
        world.join(name)
    world.join("d", channel="signals-delayed")
    event = published()
    world.publishing.record_signal(event)
    world.publishing.send_signal(event.id)
    (frame,) = world.received("a")
    assert (frame["type"], frame["channel"], frame["offset"]) == ("event", "signals", 1)
    assert frame["event"] == json.loads(events.encode(event))
    assert frame["published_at"].endswith("Z")
    assert world.received("b") == world.received("c") == [frame]
    assert world.received("d") == []


def test_sending_again_after_a_crash_uses_the_same_offset(world: World) -> None:
    world.join("a")
    first, second = published(), published()
    for event in (first, second):
        world.publishing.record_signal(event)
    world.publishing.record_signal(first)
    for event in (first, second, first):
        world.publishing.send_signal(event.id)
    assert [frame["offset"] for frame in world.received("a")] == [1, 2, 1]


def test_the_head_is_in_the_copy_before_anybody_is_sent_anything(world: World) -> None:
    event = published()
    world.publishing.record_signal(event)
    assert world.history.heads([SIGNALS]) == {}
    world.publishing.send_signal(event.id)
    assert world.history.heads([SIGNALS])[SIGNALS].offset == 1


def test_a_signal_comes_to_free_users_fifteen_minutes_late_with_what_came_of_it(world: World) -> None:
    world.join("free", channel="signals-delayed")
    event = published()
    world.publishing.record_signal(event)
    ended = closed(event)
    world.publishing.record_signal(ended)
    late = event.time + timedelta(minutes=15, seconds=1)
    assert world.publishing.publish_due(event.time + timedelta(minutes=14)) == 0
    assert world.publishing.publish_due(late) == 2
    assert world.publishing.publish_due(late) == 0
    got = [(frame["offset"], frame["event"]["type"]) for frame in world.received("free")]
    assert got == [(1, "signal.published"), (2, "signal.closed")]


def test_a_revision_and_a_recall_reach_subscribers_at_once_and_free_users_behind_their_signal(
    world: World,
) -> None:
    world.join("paid")
    world.join("free", channel="signals-delayed")
    event = published()
    for one in (event, revised(event), recalled(event)):
        world.publishing.record_signal(one)
        world.publishing.send_signal(one.id)

    told = ["signal.published", "signal.revised", "signal.recalled"]
    assert [frame["event"]["type"] for frame in world.received("paid")] == told
    world.publishing.publish_due(event.time + timedelta(minutes=16))
    assert [frame["event"]["type"] for frame in world.received("free")] == told


def test_a_day_has_five_delayed_signals(world: World) -> None:
    made = [published() for _ in range(7)]
    for event in made:
        world.publishing.record_signal(event)
    assert world.publishing.publish_due(made[-1].time + timedelta(minutes=16)) == 5


def test_an_event_too_large_for_a_frame_is_poison(world: World) -> None:
    big = published()
    data = type(big.data)(
        **{name: getattr(big.data, name) for name in big.data.__struct_fields__}
        | {"rationale": "x" * MAX_FRAME_BYTES}
    )
    with pytest.raises(Poison):
        world.publishing.record_signal(events.new(data, subject=big.subject, version=1))


def test_only_newer_quotes_go_out(world: World) -> None:
    world.join("a", channel="quotes:NIFTY")
    quotes = ChannelKey("quotes:NIFTY")
    assert world.publishing.publish_latest(quotes, 60, NOW, b'{"close":"1"}')
    assert not world.publishing.publish_latest(quotes, 60, NOW, b'{"close":"1"}')
    assert not world.publishing.publish_latest(quotes, 30, NOW, b'{"close":"0"}')
    assert [frame["offset"] for frame in world.received("a")] == [60]


def changed(plan: Plan, subject: str = "user-1") -> Any:
    data = UserPlanChanged(user_id=subject, plan=plan, previous="premium", changed_by="admin", changed_at=NOW)
    return events.new(data, subject=subject, version=2)


def test_a_plan_that_ends_takes_its_connections_with_it(world: World) -> None:
    world.join("a", subject="user-1")
    world.join("other", subject="user-2")
    world.entitlement.record_plan(changed("free"))
    world.entitlement.apply_plan(changed("free"))
    assert world.received("a")[0]["code"] == "ENTITLEMENT_ENDED"
    assert world.closed() == {"a"}
    assert [one for ids in world.registry.subscribers(SIGNALS).values() for one in ids] == ["other"]
    assert world.plans.plan_of("user-1", "premium", NOW) == "free"


def test_a_better_plan_asks_its_connections_to_come_back(world: World) -> None:
    world.join("a", subject="user-1", plan="free", channel="signals-delayed")
    world.entitlement.apply_plan(changed("premium"))
    assert world.received("a") == [{"type": "reconnect", "after_ms": 0}]
    assert world.closed() == set()


def revoked(*families: str, not_before: float = 0) -> Any:
    data = UserSessionsRevoked(
        user_id="user-1", families=families, not_before=int(not_before), reason="logout", revoked_at=NOW
    )
    return events.new(data, subject="user-1", version=3)


def test_revoked_sessions_end_their_own_connections_only(world: World) -> None:
    world.join("phone", subject="user-1", family="f-phone")
    world.join("laptop", subject="user-1", family="f-laptop")
    world.entitlement.end_sessions(revoked("f-phone"))
    assert world.closed() == {"phone"}
    assert world.received("phone")[0]["code"] == "SESSION_ENDED"
    world.entitlement.end_sessions(revoked(not_before=NOW.timestamp() + 1))
    assert world.closed() == {"phone", "laptop"}


def test_sessions_newer_than_the_revocation_stay(world: World) -> None:
    world.join("new", subject="user-1", ticket_at=NOW.timestamp() + 10)
    world.entitlement.end_sessions(revoked(not_before=NOW.timestamp()))
    assert world.closed() == set()


def test_notices_are_sent_once_with_delays_spread_over_a_minute(world: World) -> None:
    for number in range(30):
        world.join(f"conn-{number}")
    late = NOW.timestamp() + NOTICE_AFTER_S + NOTICE_SPREAD_S
    assert send_notices(world.registry, world.queue, SHARDS, late) == 30
    assert send_notices(world.registry, world.queue, SHARDS, late) == 0
    delays = {json.loads(one.frame)["after_ms"] for one in world.queue.sent}
    assert len(delays) > 5
    assert max(delays) < 60_000


def test_a_copy_put_back_from_an_older_state_learns_the_true_head(world: World) -> None:
    for _ in range(3):
        event = published()
        world.publishing.record_signal(event)
        world.publishing.send_signal(event.id)
    truth = world.channels.head(SIGNALS)
    world.history = MemoryHistory()
    world.history.note(SIGNALS, replace(truth, offset=truth.offset - 2))
    world.__post_init__()

    world.publishing.confirm_heads()

    assert world.history.heads([SIGNALS])[SIGNALS] == truth
