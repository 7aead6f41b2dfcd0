"""The consumers on real PostgreSQL and Redis: what a crash between the commit and the sending leaves."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from builders.realtime import NOW, published, registration
from kit import events
from kit.errors import Retryable
from kit.events import Event
from kit.events.user_events import UserPlanChanged
from kit.stores.postgres import Database
from kit.stores.redis import Redis
from realtime.adapters.memory import MemoryQueue
from realtime.adapters.postgres import PostgresChannels, PostgresDelayed, PostgresPlans
from realtime.adapters.redis_history import RedisHistory
from realtime.adapters.redis_registry import RedisRegistry
from realtime.consumer import SignalConsumer
from realtime.entitlements import EntitlementConsumer
from realtime.model import SIGNALS, ConnectionId
from realtime.ports import Parcel
from realtime.service.entitlement import Entitlement
from realtime.service.publishing import Publishing

if TYPE_CHECKING:
    from fixtures.database import Databases

pytestmark = pytest.mark.stores
SHARDS = 4


class Left:
    def get_remaining_time_in_millis(self) -> int:
        return 30_000


class Fragile(MemoryQueue):
    """Refuses as long as it is ``broken``, as Kafka does while it is away."""

    broken = False

    def send(self, parcels: Sequence[Parcel]) -> None:
        if self.broken:
            raise Retryable("Kafka is away")
        super().send(parcels)


@dataclass
class World:
    db: Database
    redis: Redis
    queue: Fragile
    consumer: SignalConsumer
    entitlements: EntitlementConsumer
    registry: RedisRegistry

    def offsets(self) -> list[int]:
        return [json.loads(one.frame)["offset"] for one in self.queue.sent]

    def deliver(self, *sent: Event[Any], first: int = 0) -> list[int]:
        answer = self.consumer.handler(batch("trading-signals", *sent, first=first), Left())
        return [one["itemIdentifier"]["offset"] for one in answer["batchItemFailures"]]


@pytest.fixture
def world(database: "Databases", redis_url: str) -> Iterator[World]:
    db, redis, queue = database("realtime"), Redis(redis_url), Fragile()
    redis.call("FLUSHALL")
    registry = RedisRegistry(redis, SHARDS)
    publishing = Publishing(PostgresChannels(db), PostgresDelayed(db), RedisHistory(redis), registry, queue)
    entitlement = Entitlement(lambda: PostgresPlans(db), registry, queue, SHARDS)
    yield World(
        db,
        redis,
        queue,
        SignalConsumer(lambda: db, lambda: publishing),
        EntitlementConsumer(lambda: db, lambda: entitlement),
        registry,
    )
    redis.close()


def batch(topic: str, *sent: Event[Any], first: int = 0) -> dict[str, Any]:
    records = [
        {
            "topic": topic,
            "partition": 0,
            "offset": first + at,
            "timestamp": 0,
            "key": base64.b64encode(event.subject.encode()).decode(),
            "value": base64.b64encode(events.encode(event)).decode(),
            "headers": [],
        }
        for at, event in enumerate(sent)
    ]
    return {"eventSource": "aws:kafka", "records": {f"{topic}-0": records}}


def subscribe(world: World, name: str, subject: str = "user-1") -> None:
    world.registry.register(registration(name, subject), 20)
    world.registry.subscribe(ConnectionId(name), SIGNALS, 10)


def test_each_signal_gets_the_next_offset_and_goes_out(world: World) -> None:
    subscribe(world, "a")
    assert world.deliver(published(), published(), published()) == []
    assert world.offsets() == [1, 2, 3]


def test_a_crash_between_commit_and_sending_is_made_good_by_the_redelivery(world: World) -> None:
    subscribe(world, "a")
    first, second = published(), published()
    world.queue.broken = True
    assert world.deliver(first, second) == [0, 1]
    assert world.offsets() == []
    world.queue.broken = False
    assert world.deliver(first, second) == []
    assert world.offsets() == [1, 2]


def test_a_delivery_twice_is_sent_twice_under_one_offset(world: World) -> None:
    subscribe(world, "a")
    event = published()
    world.deliver(event)
    world.deliver(event, first=5)
    assert world.offsets() == [1, 1]
    assert PostgresChannels(world.db).head(SIGNALS).offset == 1


def test_a_flushed_redis_changes_no_offset(world: World) -> None:
    subscribe(world, "a")
    world.deliver(published())
    world.redis.call("FLUSHALL")
    subscribe(world, "a")
    world.deliver(published())
    assert world.offsets() == [1, 2]


def test_a_redis_that_is_away_fails_the_record_and_loses_no_offset(world: World) -> None:
    dead = Redis("redis://127.0.0.1:1")
    broken = Publishing(
        PostgresChannels(world.db),
        PostgresDelayed(world.db),
        RedisHistory(dead),
        RedisRegistry(dead, SHARDS),
        world.queue,
    )
    event = published()
    half = SignalConsumer(lambda: world.db, lambda: broken)
    answer = half.handler(batch("trading-signals", event), Left())
    assert len(answer["batchItemFailures"]) == 1
    subscribe(world, "a")
    assert world.deliver(event) == []
    assert world.offsets() == [1]


def test_an_ended_plan_is_kept_and_ends_its_connection_again_on_a_redelivery(world: World) -> None:
    subscribe(world, "a", "user-1")
    data = UserPlanChanged(
        user_id="user-1", plan="free", previous="premium", changed_by="admin", changed_at=NOW
    )
    event = events.new(data, subject="user-1", version=2)
    world.queue.broken = True
    answer = world.entitlements.handler(batch("user-events", event), Left())
    assert len(answer["batchItemFailures"]) == 1
    world.queue.broken = False
    assert world.entitlements.handler(batch("user-events", event), Left()) == {"batchItemFailures": []}
    (ended,) = world.queue.sent
    assert (list(ended.connections), ended.then_close) == (["a"], True)
    assert PostgresPlans(world.db).plan_of("user-1", "premium", NOW) == "free"
