"""The Lambda Invoke API on the platform's port, spoken by boto3 as anybody would."""

import base64
import json
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from integration.local_core.conftest import Running, wait_for

ORDERS = "fx-local-shop-orders"


@pytest.fixture(scope="module")
def client(running: Running) -> Any:
    return boto3.client(
        "lambda",
        endpoint_url=running.platform.url,
        region_name="ap-south-1",
        aws_access_key_id="x",
        aws_secret_access_key="y",
        config=Config(retries={"max_attempts": 0}),
    )


def test_a_synchronous_call_returns_the_payload_and_the_log_tail(client: Any) -> None:
    answer = client.invoke(FunctionName=ORDERS, Payload=b'{"say": "by boto"}', LogType="Tail")
    assert answer["StatusCode"] == 200
    assert "FunctionError" not in answer
    assert json.loads(answer["Payload"].read()) == {"ok": True}
    base64.b64decode(answer["LogResult"])


def test_a_failed_call_names_the_function_error(client: Any) -> None:
    answer = client.invoke(FunctionName=f"{ORDERS}:live", Payload=b'{"fail": true}')
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorType"] == "ValueError"


def test_an_event_is_accepted_at_once(client: Any, running: Running) -> None:
    arn = f"arn:aws:lambda:ap-south-1:000000000000:function:{ORDERS}"
    answer = client.invoke(FunctionName=arn, Payload=b'{"say": "as an event"}', InvocationType="Event")
    assert answer["StatusCode"] == 202
    wait_for(lambda: "said as an event" in running.log(ORDERS))


def test_a_dry_run_runs_nothing(client: Any, running: Running) -> None:
    before = running.platform.functions.pool(ORDERS).meter.invocations
    assert client.invoke(FunctionName=ORDERS, InvocationType="DryRun")["StatusCode"] == 204
    assert running.platform.functions.pool(ORDERS).meter.invocations == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"FunctionName": "gone"}, "ResourceNotFoundException"),
        ({"FunctionName": ORDERS, "Payload": b"{nonsense"}, "InvalidRequestContentException"),
        ({"FunctionName": ORDERS, "Payload": b'"' + b"x" * 7_000_000 + b'"'}, "RequestTooLargeException"),
    ],
)
def test_a_wrong_call_gets_lambdas_own_error(client: Any, arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as refused:
        client.invoke(**arguments)
    assert refused.value.response["Error"]["Code"] == code


def test_an_unsigned_call_is_refused(running: Running) -> None:
    path = f"/2015-03-31/functions/{ORDERS}/invocations"
    assert running.http("POST", path, body=b"{}").status == 403
