"""A source whose function is slower than its topic: reading pauses, and goes on when there is room again."""

import asyncio
from typing import Any

import pytest

from builders.kafka_sources import OK, FakeFunction, Topic
from local.model import Invocation

pytestmark = pytest.mark.stores

_RECORDS = 4_000  # of each partition: twice what may wait in memory
_PARTITIONS = 3


def test_reading_pauses_at_a_backlog_and_goes_on_without_losing_a_record(kafka_brokers: str) -> None:
    async def scenario() -> None:
        topic, room = Topic(kafka_brokers, _PARTITIONS), asyncio.Event()

        async def slow(_event: dict[str, Any]) -> Invocation:
            await room.wait()
            return OK

        function = FakeFunction(slow)
        sent = {n: [f"{n}-{each}" for each in range(_RECORDS)] for n in range(_PARTITIONS)}
        async with topic.polled(function, batch_size=1_000) as poller:
            for number, values in sent.items():
                await asyncio.to_thread(topic.send, *values, partition=number)
            await _until(lambda: bool(poller.held))
            assert poller.status()["backlog"] < _PARTITIONS * _RECORDS, "what does not fit stays in the topic"
            room.set()
            await function.until(lambda: sum(map(len, function.batches)) >= _PARTITIONS * _RECORDS, 30)
            await _until(lambda: not poller.held)
        flat = [value for batch in function.batches for value in batch]
        for number, values in sent.items():
            assert [value for value in flat if value.startswith(f"{number}-")] == values

    asyncio.run(scenario())


async def _until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the reader's thread makes it true
            await asyncio.sleep(0.02)
