"""Where a Kafka source starts, what it commits, how partitions move, how fast it is: on a real broker."""

import asyncio
import statistics
import time
from typing import Any, ClassVar

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException

from builders.kafka_sources import OK, FakeFunction, Topic, failing_at, values_of
from local.model import Invocation
from local.sources.kafka import KafkaPoller, reader
from local.sources.kafka.client import settings
from local.stores.base import until

pytestmark = pytest.mark.stores


def test_a_source_from_latest_skips_history_but_nothing_after_its_first_start(kafka_brokers: str) -> None:
    async def scenario() -> None:
        topic, function = Topic(kafka_brokers), FakeFunction()
        topic.send("history")
        async with topic.polled(function, starting_position="LATEST"):
            pass
        topic.send("while away")
        async with topic.polled(function, starting_position="LATEST"):
            await function.until(lambda: bool(function.events))
        assert function.batches == [["while away"]]

    asyncio.run(scenario())


def test_an_interrupted_batch_is_delivered_again_after_a_restart(kafka_brokers: str) -> None:
    async def scenario() -> None:
        topic = Topic(kafka_brokers)
        stuck = FakeFunction(lambda event: failing_at(event, "b"))
        topic.send("a", "b")
        async with topic.polled(stuck):
            await stuck.until(lambda: len(stuck.events) >= 3)
        after = FakeFunction()
        async with topic.polled(after):
            await after.until(lambda: bool(after.events))
        assert after.batches == [["b"]], "a was done and committed, b was not"

    asyncio.run(scenario())


class Late(Consumer):
    """A consumer whose first answers about offsets come too late, as the package tells it: None, or an error."""

    troubles: ClassVar[list[BaseException | None]] = []

    def get_watermark_offsets(self, *asked: Any, **more: Any) -> Any:
        if not self.troubles:
            return super().get_watermark_offsets(*asked, **more)
        trouble = self.troubles.pop()
        if trouble is not None:
            raise trouble
        return None


class Forgotten(Consumer):
    """A consumer that its group forgets at first: what a broker does to members when it was fenced."""

    times: ClassVar[int] = 2

    def subscribe(self, *asked: Any, **more: Any) -> None:
        if Forgotten.times:
            Forgotten.times -= 1
        else:
            super().subscribe(*asked, **more)


def read_by(made: type[Consumer], brokers: str, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the batches of a source that reads one record by ``made``, in half a minute at most."""

    async def scenario() -> list[list[str]]:
        topic, function = Topic(brokers), FakeFunction()
        topic.send("a")
        monkeypatch.setattr(reader, "Consumer", made)
        async with topic.polled(function):
            await function.until(lambda: bool(function.events), 30)
        return function.batches

    return asyncio.run(scenario())


def test_a_source_whose_broker_answers_too_late_at_first_reads_nevertheless(
    kafka_brokers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Late.troubles = [RuntimeError("planted"), None, KafkaException(KafkaError(KafkaError._TIMED_OUT))]
    assert read_by(Late, kafka_brokers, monkeypatch) == [["a"]]
    assert Late.troubles == []


def test_a_source_that_its_group_forgot_joins_again(
    kafka_brokers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_PATIENCE_S", 1.0)
    assert read_by(Forgotten, kafka_brokers, monkeypatch) == [["a"]]
    assert Forgotten.times == 0


def test_a_window_gathers_and_no_window_delivers_at_once(kafka_brokers: str) -> None:
    async def scenario() -> None:
        topic, function = Topic(kafka_brokers), FakeFunction()
        async with topic.polled(function, window_s=0.6):
            topic.send("a")
            topic.send("b")
            topic.send("c")
            await function.until(lambda: bool(function.events))
        assert function.batches == [["a", "b", "c"]]

    asyncio.run(scenario())


def test_a_backlog_beyond_memory_is_read_to_its_end_in_order(kafka_brokers: str) -> None:
    async def scenario() -> None:
        async def slowly(_event: dict[str, Any]) -> Invocation:
            await asyncio.sleep(0.05)
            return OK

        topic, function = Topic(kafka_brokers), FakeFunction(slowly)
        sent = [str(n) for n in range(16_000)]
        topic.send(*sent)
        most = 0
        async with topic.polled(function, batch_size=500) as poller:
            while sum(map(len, function.batches)) < 16_000:
                function.changed.clear()
                await asyncio.wait_for(function.changed.wait(), 30)
                most = max(most, poller.status()["backlog"])
        assert [value for batch in function.batches for value in batch] == sent
        assert most < 10_000, "reading paused"

    asyncio.run(scenario())


def test_partitions_move_between_two_members_without_loss(kafka_brokers: str) -> None:
    async def scenario() -> None:
        topic, one, two = Topic(kafka_brokers, 4), FakeFunction(), FakeFunction()

        def seen() -> set[str]:
            return {value for batch in one.batches + two.batches for value in batch}

        def send(start: int) -> set[str]:
            values = {f"{n}" for n in range(start, start + 40)}
            for value in sorted(values):
                topic.send(value, partition=int(value) % 4)
            return values

        async with topic.polled(one, member="one"):
            sent = send(0)
            await one.until(lambda: seen() >= sent)
            async with topic.polled(two, member="two"):
                sent |= send(40)
                async with asyncio.timeout(30):
                    while not seen() >= sent:
                        await asyncio.wait(
                            [
                                asyncio.ensure_future(one.changed.wait()),
                                asyncio.ensure_future(two.changed.wait()),
                            ],
                            timeout=0.5,
                            return_when=asyncio.FIRST_COMPLETED,
                        )
                assert two.events, "the second member got its share"

    asyncio.run(scenario())


def test_produce_to_invoke_takes_a_few_milliseconds(kafka_brokers: str) -> None:
    async def scenario() -> list[float]:
        topic, function = Topic(kafka_brokers), FakeFunction()
        took = []
        async with topic.polled(function):
            for n in range(60):
                begun = time.perf_counter()
                await asyncio.to_thread(topic.send, str(n))
                await function.until(lambda: len(function.events) > n)  # noqa: B023 - awaited before n moves
                took.append((function.at[n] - begun) * 1000)
        return took[10:]

    p50 = statistics.median(asyncio.run(scenario()))
    assert p50 < 50  # generous: other work shares the machine; alone it is a few milliseconds


def test_a_member_that_the_broker_fenced_reads_again(kafka_brokers: str) -> None:
    """After a broker's restart it may hold a member for its own predecessor, and librdkafka gives up for good."""

    async def scenario() -> None:
        topic, at_work, room = Topic(kafka_brokers), asyncio.Event(), asyncio.Event()

        async def waiting(event: dict[str, Any]) -> Invocation:
            if values_of(event) == ["during"]:
                at_work.set()
                await room.wait()
            return OK

        function = FakeFunction(waiting)
        async with topic.polled(function) as poller:
            await asyncio.to_thread(topic.send, "during")
            await asyncio.wait_for(at_work.wait(), 20)
            source = poller.delivery.source
            twin = Consumer(settings(source, kafka_brokers, source.logical_id, _nothing, _nothing))
            await asyncio.to_thread(_join, twin, topic.name)
            room.set()  # its commit is the first that is refused
            await asyncio.to_thread(_until_fenced, poller)
            await asyncio.to_thread(twin.close)
            await asyncio.to_thread(topic.send, "after")
            await function.until(lambda: "after" in function.batches[-1], 60)
        again = FakeFunction()
        await asyncio.to_thread(topic.send, "last")
        async with topic.polled(again):
            await again.until(lambda: bool(again.events))
        assert again.batches == [["last"]], "it commits again, too"

    asyncio.run(scenario())


def _until_fenced(poller: KafkaPoller) -> None:
    assert until(lambda: "fenced" in poller.status()["history"] + poller.status()["last_error"], 20)


def _join(twin: Consumer, topic: str) -> None:
    twin.subscribe([topic])
    deadline = time.monotonic() + 30
    while not twin.assignment():
        assert time.monotonic() < deadline, "the broker gave the twin nothing"
        twin.poll(0.1)


def _nothing(*_: object) -> None:
    """Hear nothing."""
