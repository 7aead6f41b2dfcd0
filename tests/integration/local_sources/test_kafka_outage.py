"""A broker that stops and comes back: nothing is lost, order holds, the source goes on by itself."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.kafka_sources import FakeFunction, Topic
from local.stores import Kafka

pytestmark = pytest.mark.stores

OUTAGE_S = 6  # longer than a session's heartbeats; 20 s behave alike and are part of the full tier


@pytest.fixture
def broker(stores_folder: Path) -> Iterator[Kafka]:
    """Return a broker of this test's own, which it may stop."""
    kafka = Kafka(stores_folder / "kafka-outage")
    kafka.start()
    yield kafka
    if kafka.running:
        kafka.stop()


def test_a_broker_away_loses_and_reorders_nothing(broker: Kafka) -> None:
    async def scenario() -> None:
        topic, function = Topic(broker.url), FakeFunction()
        async with topic.polled(function) as poller:
            before = [f"before {n}" for n in range(50)]
            await asyncio.to_thread(topic.send, *before)
            await function.until(lambda: sum(map(len, function.batches)) >= 50)
            await asyncio.to_thread(broker.outage, OUTAGE_S)
            after = [f"after {n}" for n in range(50)]
            await asyncio.to_thread(topic.send, *after)
            await function.until(lambda: "after 49" in [v for batch in function.batches for v in batch], 60)
            assert poller.delivery.counters.given_up == 0
        flat = [value for batch in function.batches for value in batch]
        assert list(dict.fromkeys(flat)) == before + after, "each once in order; a repeat would be legal"
        again = FakeFunction()
        await asyncio.to_thread(topic.send, "last")
        async with topic.polled(again):
            await again.until(lambda: bool(again.events))
        assert again.batches == [["last"]], "all was committed, also what was done around the outage"

    asyncio.run(scenario())
