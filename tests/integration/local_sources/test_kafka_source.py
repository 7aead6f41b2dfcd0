"""The Kafka source against a real broker and a fake function: order, failures, limits, commits."""

import asyncio
import base64
import time
from typing import Any

import pytest

from builders.kafka_sources import (
    CLUSTER_ARN,
    FAILED,
    OK,
    FakeFunction,
    KeptFailures,
    Topic,
    failing_at,
    values_of,
)
from local.model import Destination, Invocation

pytestmark = pytest.mark.stores

TO_S3 = Destination("s3", "failures")


def test_event_has_the_shape_of_msk(kafka_brokers: str) -> None:
    async def scenario() -> dict[str, Any]:
        topic, function = Topic(kafka_brokers), FakeFunction()
        topic.send("v", key=b"k", headers=[("h", b"\x01\x02"), ("h", b"")], timestamp=1_700_000_000_123)
        async with topic.polled(function):
            await function.until(lambda: bool(function.events))
        event = function.events[0]
        assert list(event["records"]) == [f"{topic.name}-0"]
        assert event["records"].pop(f"{topic.name}-0") == [
            {
                "topic": topic.name,
                "partition": 0,
                "offset": 0,
                "timestamp": 1_700_000_000_123,
                "timestampType": "CREATE_TIME",
                "key": base64.b64encode(b"k").decode(),
                "value": base64.b64encode(b"v").decode(),
                "headers": [{"h": [1, 2]}, {"h": []}],
            },
        ]
        return event

    event = asyncio.run(scenario())
    assert event == {
        "eventSource": "aws:kafka",
        "eventSourceArn": CLUSTER_ARN,
        "bootstrapServers": kafka_brokers,
        "records": {},
    }


def test_each_partition_keeps_its_order_while_partitions_run_side_by_side(kafka_brokers: str) -> None:
    async def scenario() -> None:
        together = asyncio.Event()
        running: set[str] = set()

        async def answer(event: dict[str, Any]) -> Invocation:
            (part,) = event["records"]
            assert part not in running, "two batches of one partition at once"
            running.add(part)
            if len(running) > 1:
                together.set()
            if not together.is_set():
                await asyncio.wait_for(together.wait(), 15)
            running.discard(part)
            return OK

        topic, function = Topic(kafka_brokers, 3), FakeFunction(answer)
        sent = {partition: [f"{partition}:{n}" for n in range(200)] for partition in range(3)}
        for partition, values in sent.items():
            topic.send(*values, partition=partition)
        async with topic.polled(function, batch_size=7):
            await function.until(lambda: sum(map(len, function.batches)) == 600)
        assert max(map(len, function.batches)) <= 7
        flat = [value for batch in function.batches for value in batch]
        for partition, values in sent.items():
            assert [value for value in flat if value.startswith(f"{partition}:")] == values

    asyncio.run(scenario())


def test_partial_failure_resumes_at_the_lowest_failed_offset(kafka_brokers: str) -> None:
    async def scenario() -> None:
        tries = {"c": 0}

        def answer(event: dict[str, Any]) -> Invocation:
            tries["c"] += "c" in values_of(event)
            return failing_at(event, "c") if tries["c"] < 3 else OK

        topic, function = Topic(kafka_brokers), FakeFunction(answer)
        topic.send("a", "b", "c", "d")
        async with topic.polled(function):
            await function.until(lambda: tries["c"] == 3)
        assert function.batches == [["a", "b", "c", "d"], ["c", "d"], ["c", "d"]]

    asyncio.run(scenario())


def test_partial_answers_are_not_read_unless_declared(kafka_brokers: str) -> None:
    async def scenario() -> None:
        topic, function = Topic(kafka_brokers), FakeFunction(lambda event: failing_at(event, "a"))
        topic.send("a")
        async with topic.polled(function, report_item_failures=False):
            await function.until(lambda: bool(function.events))
            topic.send("b")
            await function.until(lambda: len(function.events) > 1)
        assert function.batches == [["a"], ["b"]]

    asyncio.run(scenario())


def test_bisect_isolates_the_poison_record_and_neighbours_finish(kafka_brokers: str) -> None:
    async def scenario() -> None:
        done: list[str] = []

        def answer(event: dict[str, Any]) -> Invocation:
            if "poison" in values_of(event):
                return FAILED
            done.extend(values_of(event))
            return OK

        topic, function, failures = Topic(kafka_brokers), FakeFunction(answer), KeptFailures()
        topic.send("a", "b", "poison", "c", "d", "e")
        async with topic.polled(
            function,
            failures,
            bisect_on_error=True,
            max_retries=2,
            on_failure=TO_S3,
            report_item_failures=False,
        ):
            await function.until(lambda: len(done) == 5)
        assert done == ["a", "b", "c", "d", "e"]
        (failure,) = failures.failures
        assert [record.value for record in failure.records] == [b"poison"]
        assert failure.condition == "RetryAttemptsExhausted"
        assert function.batches.count(["poison"]) == 3, "one attempt and two retries"

    asyncio.run(scenario())


def test_a_destination_that_refuses_holds_the_record_until_it_takes_it(kafka_brokers: str) -> None:
    async def scenario() -> None:
        topic, function = Topic(kafka_brokers), FakeFunction(lambda _: FAILED)
        failures = KeptFailures(refuse=3)
        topic.send("a")
        async with topic.polled(function, failures, max_retries=0, on_failure=TO_S3):
            await asyncio.wait_for(failures.arrived.wait(), 15)
        again = FakeFunction()
        topic.send("b")
        async with topic.polled(again):
            await again.until(lambda: bool(again.events))
        assert again.batches == [["b"]], "committed only after the destination had it"

    asyncio.run(scenario())


def test_retries_end_at_ten_when_unbounded_with_a_destination(kafka_brokers: str) -> None:
    async def scenario() -> None:
        topic, function, failures = Topic(kafka_brokers), FakeFunction(lambda _: FAILED), KeptFailures()
        topic.send("a")
        async with topic.polled(function, failures, on_failure=TO_S3):
            await asyncio.wait_for(failures.arrived.wait(), 30)
        assert len(function.events) == 11
        assert failures.failures[0].invokes == 11

    asyncio.run(scenario())


def test_records_past_their_age_go_to_the_destination_unseen(kafka_brokers: str) -> None:
    async def scenario() -> None:
        topic, function, failures = Topic(kafka_brokers), FakeFunction(), KeptFailures()
        now = time.time()
        topic.send("old", timestamp=int((now - 120) * 1000))
        topic.send("new", timestamp=int(now * 1000))
        async with topic.polled(function, failures, max_record_age_s=60, on_failure=TO_S3, now=lambda: now):
            await function.until(lambda: bool(function.events))
        assert function.batches == [["new"]]
        assert [f.condition for f in failures.failures] == ["RecordAgeExceeded"]

    asyncio.run(scenario())


def test_filtered_records_are_passed_over_and_committed(kafka_brokers: str) -> None:
    async def scenario() -> None:
        topic, function = Topic(kafka_brokers), FakeFunction()
        topic.send('{"kind": "no"}', '{"kind": "yes"}', "not json", '{"kind": "no"}')
        async with topic.polled(function, filters=({"value": {"kind": ["yes"]}},)) as poller:
            await function.until(lambda: bool(function.events))
            assert poller.delivery.counters.filtered == 3
        assert function.batches == [['{"kind": "yes"}']]

    asyncio.run(scenario())
