"""SQS and S3 sources against the emulator, and failures written where the template says."""

import asyncio
import json
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer

from builders.aws_endpoint import away, client, endpoint, eventually
from builders.kafka_sources import Topic
from local.aws.provision import provision
from local.model import Destination, Invocation, Resource, S3Source, SqsSource
from local.sources.destinations import FailureDestinations
from local.sources.kafka import Failure
from local.sources.kafka.records import Record, event
from local.sources.s3 import S3Notifications
from local.sources.sqs import SqsPoller

BUCKET = Resource("Files", "AWS::S3::Bucket", {"PhysicalName": "files"})
QUEUE = Resource("Work", "AWS::SQS::Queue", {"PhysicalName": "work", "VisibilityTimeout": 1})
DEAD = Resource("Dead", "AWS::SQS::Queue", {"PhysicalName": "dead"})


class Seen:
    """An Invoker that keeps events; fails messages that say so, once."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.failed: set[str] = set()

    async def invoke(self, function: str, payload: bytes) -> Invocation:
        found = json.loads(payload)
        self.events.append(found)
        bad = [each["messageId"] for each in found["Records"] if each["body"] == "fail once"]
        fresh = [each for each in bad if each not in self.failed]
        self.failed.update(fresh)
        return Invocation(
            json.dumps({"batchItemFailures": [{"itemIdentifier": each} for each in fresh]}).encode()
        )

    async def invoke_async(self, function: str, payload: bytes) -> None:
        self.events.append(json.loads(payload))

    def bodies(self) -> list[str]:
        """The bodies of all messages seen, in order."""
        return [record["body"] for each in self.events for record in each["Records"]]


def test_a_failed_message_alone_comes_back_after_its_visibility_timeout(tmp_path: Path) -> None:
    async def scenario() -> None:
        seen = Seen()
        async with endpoint(tmp_path) as aws:
            assert await provision(aws.internal, [QUEUE]) == []
            for body in ("a", "fail once", "b"):
                await aws.internal.sqs("SendMessage", "work", {"MessageBody": body})
            source = SqsSource("WorkSource", "f", "work", report_item_failures=True)
            poller = SqsPoller(source, aws.internal, seen)
            await poller.start()
            await eventually(lambda: poller.delivered == 3, 30)
            await poller.stop()
        assert sorted(seen.bodies()) == ["a", "b", "fail once", "fail once"]
        record = seen.events[0]["Records"][0]
        assert record["eventSourceARN"] == "arn:aws:sqs:ap-south-1:000000000000:work"
        assert record["attributes"]["ApproximateReceiveCount"] == "1"

    asyncio.run(scenario())


def test_an_object_written_is_told_to_the_functions_that_asked(tmp_path: Path) -> None:
    async def scenario() -> None:
        seen = Seen()
        wanted = S3Source("Pictures", "f", "files", ("s3:ObjectCreated:*",), prefix="in/", suffix=".png")
        async with endpoint(tmp_path) as aws:
            assert await provision(aws.internal, [BUCKET]) == []
            notifications = S3Notifications([wanted], seen, lambda: 1_700_000_000.0)
            aws.proxy.on_object_created(notifications.created)
            s3 = client(aws, "s3")
            for key in ("in/a b.png", "in/a.txt", "out/a.png"):
                await away(s3.put_object, Bucket="files", Key=key, Body=b"12345")
            await eventually(lambda: bool(seen.events))
            await away(s3.get_object, Bucket="files", Key="in/a b.png")
        (found,) = seen.events
        (record,) = found["Records"]
        assert (record["eventName"], record["s3"]["bucket"]["name"]) == ("ObjectCreated:Put", "files")
        assert (record["s3"]["object"]["key"], record["s3"]["object"]["size"]) == ("in/a+b.png", 5)

    asyncio.run(scenario())


def test_failures_reach_s3_whole_a_queue_as_metadata_and_a_topic_as_records(
    tmp_path: Path, kafka_brokers: str
) -> None:
    dead_topic = Topic(kafka_brokers).name
    record = Record("orders", 2, 41, 1_700_000_000_000, "CREATE_TIME", b"k", b"v", (("h", b"1"),))
    payload = event([record], cluster_arn="arn:c", brokers="b")
    failure = Failure("Src", "f", "arn:c", "b", "RetryAttemptsExhausted", 3, "Unhandled", (record,), payload)

    async def scenario() -> None:
        async with endpoint(tmp_path) as aws:
            assert await provision(aws.internal, [BUCKET, DEAD]) == []
            send = FailureDestinations(aws.internal, Seen, kafka_brokers, lambda: 1_700_000_000.0).send
            await send(Destination("s3", "arn:aws:s3:::files"), failure)
            await send(Destination("sqs", "arn:aws:sqs:ap-south-1:000000000000:dead"), failure)
            await send(Destination("kafka", f"kafka://{dead_topic}"), failure)
            s3 = client(aws, "s3")
            (stored,) = (await away(s3.list_objects_v2, Bucket="files"))["Contents"]
            assert stored["Key"].startswith("aws/lambda/Src/orders-2/2023/11/14/2023-11-14T22.13.20-")
            body = json.loads((await away(s3.get_object, Bucket="files", Key=stored["Key"]))["Body"].read())
            assert json.loads(body["payload"]) == json.loads(payload)
            assert body["requestContext"]["approximateInvokeCount"] == 3
            message = (await aws.internal.sqs("ReceiveMessage", "dead", {}))["Messages"][0]
            told = json.loads(message["Body"])
            assert "payload" not in told
            offsets = told["KafkaBatchInfo"]["recordsInfo"]["orders-2"]
            assert (offsets["firstRecordOffset"], offsets["lastRecordOffset"]) == (41, 41)
        assert await away(_first_of, kafka_brokers, dead_topic) == (b"k", b"v", b"orders-2@41")

    asyncio.run(scenario())


def _first_of(brokers: str, topic: str) -> tuple[Any, Any, Any]:
    settings: dict[str, Any] = {
        "bootstrap.servers": brokers,
        "group.id": "t",
        "auto.offset.reset": "earliest",
    }
    consumer = Consumer(settings)
    consumer.subscribe([topic])
    message = None
    while message is None or message.error():
        message = consumer.poll(20)
        assert message is not None, "nothing came"
    headers: Any = message.headers()
    found = message.key(), message.value(), dict(headers)["lambda-origin"]
    consumer.close()
    return found
