"""The WebSocket API: handshake, routes, @connections, limits, life."""

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from integration.local_core.conftest import Running, wait_for
from local.gateway.hub import MAX_IDLE_S, MAX_LIFE_S

CHAT = "fx-local-chat"


@pytest.fixture
def management(running: Running) -> Any:
    return boto3.client(
        "apigatewaymanagementapi",
        endpoint_url=f"{running.platform.url}/live",
        region_name="ap-south-1",
        aws_access_key_id="x",
        aws_secret_access_key="y",
        config=Config(retries={"max_attempts": 0}),
    )


@pytest.fixture
def client(running: Running) -> Iterator[ClientConnection]:
    with connect(f"{running.platform.socket_url}?ticket=good-one") as one:
        yield one


def events(running: Running, kind: str, connection_id: str) -> list[dict[str, Any]]:
    found = []
    for line in running.log(CHAT).splitlines():
        if line.startswith('{"') and connection_id in line:
            event = json.loads(line)
            if event["requestContext"]["eventType"] == kind:
                found.append(event)
    return found


def newest(running: Running) -> str:
    assert running.platform.gateway.hub is not None
    return list(running.platform.gateway.hub.sockets)[-1]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 401),
        ("?ticket=unknown", 401),
        ("?ticket=deny", 403),
        ("?ticket=broken", 500),
        ("?ticket=good-refuse", 403),
    ],
)
def test_a_handshake_that_is_not_allowed_is_refused(running: Running, query: str, status: int) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(running.platform.socket_url + query)
    assert refused.value.response.status_code == status


def test_each_event_carries_the_connection_and_its_authorizer(running: Running) -> None:
    with connect(f"{running.platform.socket_url}?ticket=good-two") as one:
        connection_id = newest(running)
        one.send('{"action": "say", "text": "hello"}')
        one.send('{"action": "unheard of"}')
        one.send("no json")
        wait_for(lambda: len(events(running, "MESSAGE", connection_id)) == 3)
        messages = events(running, "MESSAGE", connection_id)
    opened = events(running, "CONNECT", connection_id)[0]
    assert opened["queryStringParameters"] == {"ticket": "good-two"}
    assert opened["requestContext"]["routeKey"] == "$connect"
    said = {event["requestContext"]["routeKey"]: event for event in messages}
    assert said["say"]["body"] == '{"action": "say", "text": "hello"}'
    assert sum(event["requestContext"]["routeKey"] == "$default" for event in messages) == 2
    for event in messages:
        context = event["requestContext"]
        assert context["connectionId"] == connection_id
        assert context["authorizer"]["sub"] == "good-two"
        assert context["stage"] == "live"
        assert context["connectedAt"] == opened["requestContext"]["connectedAt"]
    ended = wait_for(lambda: events(running, "DISCONNECT", connection_id))
    assert ended[0]["requestContext"]["disconnectStatusCode"] == 1000


def test_a_route_that_fails_says_so_to_the_client(client: ClientConnection) -> None:
    client.send("explode")
    answer = json.loads(client.recv(timeout=10))
    assert answer["message"] == "Internal server error"
    assert answer["connectionId"]


def test_a_post_reaches_the_client_in_order(
    running: Running, client: ClientConnection, management: Any
) -> None:
    connection_id = newest(running)
    for number in range(20):
        management.post_to_connection(ConnectionId=connection_id, Data=f'{{"n": {number}}}'.encode())
    assert [json.loads(client.recv(timeout=10))["n"] for _ in range(20)] == list(range(20))
    shown = management.get_connection(ConnectionId=connection_id)
    assert shown["Identity"]["SourceIp"] == "127.0.0.1"


def test_deleting_closes_the_connection_and_the_next_post_is_gone(
    running: Running, client: ClientConnection, management: Any
) -> None:
    connection_id = newest(running)
    management.delete_connection(ConnectionId=connection_id)
    with pytest.raises(ConnectionClosed):
        client.recv(timeout=10)
    with pytest.raises(ClientError) as gone:
        management.post_to_connection(ConnectionId=connection_id, Data=b"x")
    assert gone.value.response["ResponseMetadata"]["HTTPStatusCode"] == 410
    wait_for(lambda: events(running, "DISCONNECT", connection_id))


def test_an_unsigned_post_is_refused(running: Running, client: ClientConnection) -> None:
    assert running.http("POST", f"/live/@connections/{newest(running)}", body=b"x").status == 403
    assert client.ping().wait(10)


def test_a_message_over_128_kilobytes_cannot_be_posted(
    running: Running, client: ClientConnection, management: Any
) -> None:
    with pytest.raises(ClientError) as refused:
        management.post_to_connection(ConnectionId=newest(running), Data=b"x" * (128 * 1024 + 1))
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert client.ping().wait(10)


def test_a_client_that_does_not_read_fills_its_buffer_and_is_refused(
    running: Running, management: Any
) -> None:
    with connect(f"{running.platform.socket_url}?ticket=good-slow", max_queue=1, close_timeout=0.1) as slow:
        slow.socket.settimeout(None)
        connection_id = newest(running)
        with pytest.raises(ClientError) as refused:
            for _ in range(2000):
                management.post_to_connection(ConnectionId=connection_id, Data=b"x" * 30_000)
        assert refused.value.response["Error"]["Code"] == "LimitExceededException"
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
        assert running.http("GET", "/api/v1/echo").status == 200


@pytest.mark.parametrize("message", ["x" * (32 * 1024 + 1), b"\xff" * (33 * 1024)])
def test_a_frame_over_32_kilobytes_ends_the_connection(
    client: ClientConnection, message: str | bytes
) -> None:
    client.send(message)
    with pytest.raises(ConnectionClosed) as closed:
        client.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


def test_a_message_in_fragments_arrives_whole(running: Running, client: ClientConnection) -> None:
    connection_id = newest(running)
    client.send(iter(['{"action":', ' "say"', "}"]))
    found = wait_for(lambda: events(running, "MESSAGE", connection_id))
    assert found[0]["body"] == '{"action": "say"}'
    assert found[0]["requestContext"]["routeKey"] == "say"


@pytest.mark.parametrize("passed", [MAX_IDLE_S + 1, MAX_LIFE_S + 1])
def test_the_test_clock_ends_idle_and_old_connections(
    running: Running, client: ClientConnection, passed: float
) -> None:
    running.platform.hooks.now = lambda: time.time() + passed
    try:
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=10)
    finally:
        running.platform.hooks.now = time.time
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1001


def test_an_active_connection_outlives_the_idle_limit(running: Running, management: Any) -> None:
    moved = [0.0]
    running.platform.hooks.now = lambda: time.time() + moved[0]
    try:
        with connect(f"{running.platform.socket_url}?ticket=good-busy") as one:
            connection_id = newest(running)
            for _ in range(3):
                management.post_to_connection(ConnectionId=connection_id, Data=b"tick")
                moved[0] += MAX_IDLE_S - 5
                assert one.recv(timeout=10) == "tick"
            assert one.ping().wait(10)
    finally:
        running.platform.hooks.now = time.time


def test_a_websocket_of_another_host_is_refused(running: Running) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(f"{running.platform.socket_url}?ticket=good", additional_headers={"Host": "evil.example"})
    assert refused.value.response.status_code in {400, 421}
