"""Subscribe, resume, ping: what a connection is sent, with Redis whole, with holes and flushed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from builders.realtime import NOW, caller, registration
from kit import ids
from realtime import frames
from realtime.adapters.memory import MemoryChannels, MemoryHistory, MemoryOutbound, MemoryPlans
from realtime.adapters.memory_registry import MemoryRegistry
from realtime.errors import NotEntitled, TooManyChannels, UnknownChannel
from realtime.model import REPLAY_AT_MOST, SIGNALS, ChannelKey, Head, Since
from realtime.service.subscriptions import Subscriptions, Truth

ONE = registration("conn-1=")
ME = caller()


@dataclass
class World:
    registry: MemoryRegistry = field(default_factory=lambda: MemoryRegistry(4))
    history: MemoryHistory = field(default_factory=MemoryHistory)
    outbound: MemoryOutbound = field(default_factory=MemoryOutbound)
    channels: MemoryChannels = field(default_factory=MemoryChannels)
    plans: MemoryPlans = field(default_factory=MemoryPlans)
    asked_truth: int = 0

    def __post_init__(self) -> None:
        self.subscriptions = Subscriptions(self.registry, self.history, self.outbound, self._truth)
        self.subscriptions.connect(ONE)

    def _truth(self) -> Truth:
        self.asked_truth += 1
        return Truth(self.channels, self.plans)

    def publish(self, many: int = 1, *, cached: bool = True, key: ChannelKey = SIGNALS) -> None:
        for _ in range(many):
            entry = self.channels.append(key, ids.uuid7(), NOW, b'{"id":"x"}')
            if cached:
                self.history.remember(key, Head(entry.epoch, entry.offset), frames.event(entry))

    def flush(self) -> None:
        self.registry = self.subscriptions._registry = MemoryRegistry(4)
        self.history = self.subscriptions._history = MemoryHistory()

    def subscribe(self, channel: str = "signals", since: Since | None = None) -> list[dict[str, Any]]:
        self.outbound.frames.clear()
        self.subscriptions.subscribe(ONE, ME, channel, since, NOW)
        return self.sent()

    def ping(self) -> list[dict[str, Any]]:
        self.outbound.frames.clear()
        self.subscriptions.ping(ONE, NOW)
        return self.sent()

    def sent(self) -> list[dict[str, Any]]:
        return [json.loads(frame) for frame in self.outbound.frames[ONE.id]]


@pytest.fixture
def world() -> World:
    return World()


@contextmanager
def without_truth(world: World) -> Iterator[None]:
    before = world.asked_truth
    yield
    assert world.asked_truth == before


def test_a_first_subscribe_tells_the_head_and_replays_nothing(world: World) -> None:
    world.publish(3)
    with without_truth(world):
        (answer,) = world.subscribe()
    assert answer == {
        "type": "subscribed", "channel": "signals", "epoch": "epoch-1", "offset": 3, "recovered": True,
    }  # fmt: skip


def test_a_resume_replays_exactly_what_was_missed(world: World) -> None:
    world.publish(5)
    with without_truth(world):
        answer, *replayed = world.subscribe(since=Since("epoch-1", 2))
    assert answer["recovered"]
    assert [frame["offset"] for frame in replayed] == [3, 4, 5]


def test_a_resume_at_the_head_replays_nothing(world: World) -> None:
    world.publish(2)
    with without_truth(world):
        (answer,) = world.subscribe(since=Since("epoch-1", 2))
    assert answer["recovered"]


def test_a_hole_in_the_copy_is_filled_from_the_truth(world: World) -> None:
    world.publish(1)
    world.publish(1, cached=False)
    world.publish(1)
    _, *replayed = world.subscribe(since=Since("epoch-1", 0))
    assert [frame["offset"] for frame in replayed] == [1, 2, 3]
    assert world.asked_truth == 1


def test_a_flushed_copy_is_filled_from_the_truth_and_the_connection_registered_again(world: World) -> None:
    world.publish(3)
    world.flush()
    told, answer, *replayed = world.subscribe(since=Since("epoch-1", 1))
    assert told["code"] == "RESUBSCRIBE"
    assert answer["recovered"]
    assert [frame["offset"] for frame in replayed] == [2, 3]
    assert world.registry.channels(ONE.id) == ("signals",)


@pytest.mark.parametrize("since", [Since("another", 1), Since("epoch-1", 99)])
def test_a_place_the_channel_never_had_is_a_gap_with_a_snapshot(world: World, since: Since) -> None:
    world.publish(4)
    answer, gap = world.subscribe(since=since)
    assert not answer["recovered"]
    assert gap == {
        "type": "gap", "channel": "signals", "from": 1, "to": 4, "snapshot": "/api/v1/signals/live",
    }  # fmt: skip


def test_what_was_pruned_is_told_as_a_gap(world: World) -> None:
    world.publish(4)
    world.flush()
    world.channels.prune(NOW + timedelta(hours=25))
    frames_ = world.subscribe(since=Since("epoch-1", 1))
    assert [frame["type"] for frame in frames_] == ["error", "subscribed", "gap"]
    assert (frames_[2]["from"], frames_[2]["to"]) == (2, 4)


def test_a_replay_is_bounded(world: World) -> None:
    world.publish(REPLAY_AT_MOST + 1)
    _, gap = world.subscribe(since=Since("epoch-1", 0))
    assert (gap["type"], gap["from"], gap["to"]) == ("gap", 1, REPLAY_AT_MOST + 1)
    answer, *replayed = world.subscribe(since=Since("epoch-1", 1))
    assert answer["recovered"]
    assert len(replayed) == REPLAY_AT_MOST


def test_a_stale_copy_of_the_head_is_not_believed_against_the_client(world: World) -> None:
    world.publish(3)
    world.publish(2, cached=False)
    (answer,) = world.subscribe(since=Since("epoch-1", 5))
    assert answer["recovered"]
    assert answer["offset"] == 5


def test_a_latest_value_channel_begins_with_its_newest(world: World) -> None:
    world.history.keep_latest(ChannelKey("quotes:NIFTY"), 7, b'{"type":"event","offset":7}')
    answer, newest = world.subscribe("quotes:NIFTY")
    assert answer == {"type": "subscribed", "channel": "quotes:NIFTY"}
    assert newest["offset"] == 7


def test_a_users_own_channel_carries_its_public_name(world: World) -> None:
    world.publish(1, key=ChannelKey("orders:user-1"))
    world.publish(2, key=ChannelKey("orders:user-2"))
    answer, event = world.subscribe("orders", Since("epoch-1", 0))
    assert (answer["channel"], answer["offset"], event["channel"]) == ("orders", 1, "orders")


def test_a_pong_tells_the_heads_of_exact_channels(world: World) -> None:
    world.publish(3)
    for name in ("signals", "quotes:NIFTY", "orders"):
        world.subscribe(name)
    assert world.ping() == [{"type": "pong", "heads": {"signals": 3, "orders": 0}}]


def test_a_ping_after_a_flush_registers_again_and_says_so(world: World) -> None:
    world.subscribe()
    world.flush()
    told, pong = world.ping()
    assert told["code"] == "RESUBSCRIBE"
    assert pong == {"type": "pong", "heads": {}}
    assert world.registry.channels(ONE.id) == ()


def test_a_lost_connection_whose_plan_ended_meanwhile_is_ended(world: World) -> None:
    world.flush()
    world.plans.change("user-1", "free", 2, NOW, None)
    with pytest.raises(NotEntitled):
        world.ping()
    assert world.sent() == [{"type": "error", "code": "ENTITLEMENT_ENDED"}]
    assert world.outbound.closed == {ONE.id}
    assert world.registry.channels(ONE.id) is None


def test_a_connection_that_is_gone_is_forgotten(world: World) -> None:
    world.outbound.gone.add(ONE.id)
    world.subscribe()
    assert world.registry.channels(ONE.id) is None


def test_unsubscribed_channels_are_not_in_the_pong(world: World) -> None:
    world.subscribe()
    world.subscriptions.unsubscribe(ONE, ME, "signals")
    assert world.ping() == [{"type": "pong", "heads": {}}]


@pytest.mark.parametrize("name", ["signals:other", "orders:user-2", "quotes:", "quotes:../x", "", "SIGNALS"])
def test_what_is_no_channel_is_refused(world: World, name: str) -> None:
    with pytest.raises(UnknownChannel):
        world.subscribe(name)


def test_a_free_plan_has_the_delayed_signals_only(world: World) -> None:
    free = caller(plan="free")
    with pytest.raises(NotEntitled):
        world.subscriptions.subscribe(ONE, free, "signals", None, NOW)
    world.subscriptions.subscribe(ONE, free, "signals-delayed", None, NOW)
    assert world.registry.channels(ONE.id) == ("signals-delayed",)


def test_the_cap_on_channels_is_the_plans(world: World) -> None:
    free = registration("conn-2=", "user-2", "free")
    world.subscriptions.connect(free)
    for number in range(10):
        world.subscriptions.subscribe(free, caller("user-2", "free"), f"quotes:S{number}", None, NOW)
    with pytest.raises(TooManyChannels):
        world.subscriptions.subscribe(free, caller("user-2", "free"), "signals-delayed", None, NOW)
