"""The task, socket and record edges, by themselves."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from pydantic import BaseModel

from kit.errors import Conflict, Malformed, NotFound, Poison, Retryable
from kit.identity import Caller, to_context
from kit.kafka import records
from kit.kafka.producer import Undelivered
from kit.socket import Connection, Sockets
from kit.task import Tasks


class Pydantic(BaseModel):
    n: int


class Plain(msgspec.Struct):
    n: int


@dataclass
class Data:
    n: int
    price: Decimal = Decimal("1.50")


@pytest.mark.parametrize("model", [Pydantic, Plain, Data])
def test_a_task_takes_and_gives_any_kind_of_model(model: type[Any]) -> None:
    tasks = Tasks({"same": (model, lambda given: given)})
    answer = tasks.handler({"task": "same", "input": {"n": 3}}, None)
    assert answer["n"] == 3
    json.dumps(answer)


@pytest.mark.parametrize("model", [Pydantic, Plain, Data])
@pytest.mark.parametrize(
    "event", [{"task": "same", "input": {"n": "x"}}, {"task": "same"}, {"task": "other"}, {}]
)
def test_a_task_refuses_what_does_not_fit(model: type[Any], event: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        Tasks({"same": (model, lambda given: given)}).handler(event, None)


def test_the_class_of_an_error_is_what_the_machine_sees() -> None:
    def fail(given: Plain) -> None:
        raise [Conflict(), Undelivered("broker away", frozenset()), Retryable()][given.n]

    tasks = Tasks({"fail": (Plain, fail)})
    for n, name in enumerate(("Conflict", "Retryable", "Retryable")):
        with pytest.raises((Conflict, Retryable)) as caught:
            tasks.handler({"task": "fail", "input": {"n": n}}, None)
        assert type(caught.value).__name__ == name


class Hello(msgspec.Struct):
    text: str = ""


def _greet(connection: Connection, frame: Hello) -> dict[str, str] | None:
    if frame.text == "away":
        raise Retryable
    if frame.text == "bug":
        raise KeyError(frame.text)
    return {"type": "greeting", "to": connection.caller.subject} if frame.text else None


def _event(
    kind: str = "MESSAGE", route: str = "hello", body: str | None = None, **context: str
) -> dict[str, Any]:
    return {
        "body": body,
        "requestContext": {
            "connectionId": "c=1",
            "eventType": kind,
            "routeKey": route,
            "domainName": "sockets.example",
            "stage": "live",
            "connectedAt": 1,
            "identity": {"sourceIp": "127.0.0.1"},
            "authorizer": context,
        },
    }


def _answer(response: dict[str, Any]) -> Any:
    assert response["statusCode"] == 200
    return json.loads(response["body"]) if "body" in response else None


def test_a_frame_is_answered_with_the_caller_of_the_authorizer() -> None:
    sockets = Sockets({"hello": (Hello, _greet)})
    context = to_context(Caller("u-1"))
    assert _answer(sockets.handler(_event(body='{"text": "hi"}', **context), None))["to"] == "u-1"
    assert _answer(sockets.handler(_event(body="{}", **context), None)) is None


@pytest.mark.parametrize(
    ("route", "body", "code"),
    [
        ("other", "{}", "MALFORMED"),
        ("hello", "{", "MALFORMED"),
        ("hello", '{"text": 3}', "MALFORMED"),
        ("hello", '{"text": "\ud800"}', "MALFORMED"),
        ("hello", '{"text": "' + "x" * 9000 + '"}', "MALFORMED"),
        ("hello", '{"text": "hi"}', "UNAUTHENTICATED"),
        ("hello", '{"text": "away"}', "TEMPORARILY_UNAVAILABLE"),
        ("hello", '{"text": "bug"}', "INTERNAL"),
    ],
)
def test_an_error_is_a_frame_and_the_socket_stays(route: str, body: str, code: str) -> None:
    answer = _answer(Sockets({"hello": (Hello, _greet)}).handler(_event(route=route, body=body), None))
    assert (answer["type"], answer["code"]) == ("error", code)
    assert "bug" not in answer["detail"]


def test_a_refused_handshake_has_the_status_of_the_error() -> None:
    def refuse(_: Connection) -> None:
        raise NotFound

    def bug(_: Connection) -> None:
        raise KeyError

    assert Sockets({}, connect=refuse).handler(_event("CONNECT", "$connect"), None) == {"statusCode": 404}
    assert Sockets({}, connect=bug).handler(_event("CONNECT", "$connect"), None) == {"statusCode": 500}
    assert Sockets({}).handler(_event("DISCONNECT", "$disconnect"), None) == {"statusCode": 200}


def test_a_record_reads_java_s_signed_header_bytes_and_an_absent_key() -> None:
    (record,) = records.decode(
        {
            "eventSource": "aws:kafka",
            "records": {
                "t-0": [
                    {
                        "topic": "t",
                        "partition": 0,
                        "offset": 5,
                        "timestamp": 9,
                        "headers": [{"n": [-61, -87]}],
                    }
                ]
            },
        }
    )
    assert record.headers["n"].decode() == "é"
    assert (record.key, record.value, record.timestamp_ms) == (None, None, 9)
    assert records.failures([record]) == {
        "batchItemFailures": [{"itemIdentifier": {"partition": "t-0", "offset": 5}}]
    }


@pytest.mark.parametrize("event", [{}, {"records": []}, {"records": {"t-0": [{"topic": "t"}]}}])
def test_an_event_that_is_no_kafka_batch_is_said_to_be_none(event: dict[str, Any]) -> None:
    with pytest.raises(Poison, match="not a Kafka batch"):
        records.decode(event)
