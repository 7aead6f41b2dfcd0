"""Partners on the whole platform: keys through the real authorizer, usage, and webhooks to a receiver that fails."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook

from builders.market import Answer, Trading, ask
from demo.people import Client, Person, confirm
from demo.receiver import Receiver, receiving
from local.stores.base import until

if TYPE_CHECKING:
    from fixtures.platform import RunningPlatform

pytestmark = pytest.mark.platform
PATIENCE_S = 60
PARTNERS = "/api/v1/partners"


@pytest.fixture(scope="module")
def trading(platform: "RunningPlatform") -> Iterator[Trading]:
    made = Trading.at(platform.api)
    yield made
    made.controls.post("/_local/tape/play", {})


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def sent(who: Person, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
    answered = ask(who.client, method, PARTNERS + path, body, headers)
    assert answered.status == status, answered.body
    return answered.body


def with_key(platform: "RunningPlatform", key: str, path: str, method: str = "GET", **headers: str) -> Answer:
    named = headers or {"Authorization": f"Bearer {key}"}
    return ask(Client(platform.api), method, f"/api/v1{path}", None if method == "GET" else {}, named)


def test_a_key_opens_what_its_scopes_say_until_it_is_revoked(
    platform: "RunningPlatform", trading: Trading
) -> None:
    owner = trading.person("enterprise")
    confirm(owner.client, owner.email)
    application = sent(owner, "POST", "/applications", {"name": "Reader"}, 201)["id"]
    keys = f"/applications/{application}/keys"
    made = sent(owner, "POST", keys, {"name": "main", "scopes": ["signals:read"]}, 201)
    elsewhere = {"name": "far", "scopes": ["signals:read"], "networks": ["203.0.113.0/24", "2001:db8::/32"]}
    far = sent(owner, "POST", keys, elsewhere, 201)["key"]
    key = made["key"]

    for headers in ({}, {"X-Api-Key": key}, {"Authorization": f"bearer {key}", "X-Api-Key": "tk_other"}):
        assert with_key(platform, key, "/signals", **headers).status == 200
    for asked, code in (
        (with_key(platform, key, "/instruments"), "SCOPE_REQUIRED"),
        (with_key(platform, key, "/users/me"), "KEY_NOT_ACCEPTED"),
        (with_key(platform, key, "/partners/applications"), "KEY_NOT_ACCEPTED"),
        (with_key(platform, key, "/partners/applications", "POST"), "KEY_NOT_ACCEPTED"),
        (with_key(platform, far, "/signals"), "KEY_OUTSIDE_NETWORK"),
    ):
        assert (asked.status, asked.body["code"]) == (403, code)
    for forged in (key[:-1] + ("A" if key[-1] != "A" else "B"), key[:-1], "tk_", f"{key}A"):
        assert with_key(platform, forged, "/signals").status == 401
        assert with_key(platform, forged, "/signals", **{"X-Api-Key": forged}).status == 401
    assert ask(Client(platform.api), "GET", "/api/v1/signals").status == 401

    successor = sent(owner, "POST", f"{keys}/{made['id']}/rotation", {"overlap_hours": 1}, 201)["key"]
    assert [with_key(platform, one, "/signals").status for one in (key, successor)] == [200, 200]
    sent(owner, "DELETE", f"{keys}/{made['id']}", status=204)
    assert [with_key(platform, one, "/signals").status for one in (key, successor)] == [401, 200]


def test_usage_equals_the_requests_made_and_the_quota_is_the_plans(
    platform: "RunningPlatform", trading: Trading
) -> None:
    owner = trading.person("free")
    confirm(owner.client, owner.email)
    application = sent(owner, "POST", "/applications", {"name": "Eager"}, 201)["id"]
    wish = {"name": "main", "scopes": ["signals:read"]}
    key = sent(owner, "POST", f"/applications/{application}/keys", wish, 201)["key"]

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda _: with_key(platform, key, "/signals").status, range(105)))
    assert (statuses.count(200), statuses.count(429)) == (100, 5)
    trading.controls.post("/_local/clock", {"advance_s": 61})

    def usage() -> tuple[int, int]:
        found = sent(owner, "GET", f"/applications/{application}/usage")
        return found["requests"], found["limited"]

    assert until(lambda: usage() == (105, 5), PATIENCE_S), usage()


def test_a_receiver_that_failed_and_healed_gets_its_message_and_a_replay(
    trading: Trading, receiver: Receiver
) -> None:
    owner = trading.person("enterprise")
    application = sent(owner, "POST", "/applications", {"name": "Hooked"}, 201)["id"]
    body = {"url": receiver.url, "types": ["signal.published", "signal.closed"]}
    endpoint = sent(owner, "POST", f"/applications/{application}/endpoints", body, 201)
    path = f"/endpoints/{endpoint['id']}"
    for inside in (
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://hooks.example.com/",
    ):
        refused = sent(owner, "POST", f"/applications/{application}/endpoints", {**body, "url": inside}, 422)
        assert refused["code"] == "TARGET_REFUSED"

    receiver.status = 503
    planned = sent(owner, "POST", f"{path}/tests", status=202)["delivery_id"]
    assert until(lambda: len(receiver.heard("webhook.test")) == 1, PATIENCE_S)
    receiver.status = 204

    def delivered() -> bool:
        return bool(sent(owner, "GET", f"/deliveries/{planned}")["state"] == "delivered")

    assert until(delivered, PATIENCE_S), "five seconds later it was tried again"
    first, second = receiver.heard("webhook.test")
    assert first["headers"]["webhook-id"] == second["headers"]["webhook-id"]
    tries = sent(owner, "GET", f"/deliveries/{planned}")["attempts"]
    assert [one["status"] for one in tries] == [503, 204]

    for one in (first, second):
        event = Webhook(endpoint["secret"]).verify(one["body"], one["headers"])
        assert event["data"] == {"endpoint_id": endpoint["id"]}

    again = {"delivery_id": planned}
    assert sent(owner, "POST", f"{path}/replays", again, 202) == {"replayed": 1}
    assert until(lambda: len(receiver.heard("webhook.test")) == 3, PATIENCE_S)
    assert len({one["body"] for one in receiver.heard("webhook.test")}) == 1
    (logged,) = sent(owner, "GET", f"{path}/deliveries")["items"]
    assert (logged["id"], logged["message_id"]) == (planned, first["headers"]["webhook-id"])


def test_a_sender_that_dies_after_sending_sends_again_under_the_same_id(
    trading: Trading, receiver: Receiver
) -> None:
    owner = trading.person("enterprise")
    application = sent(owner, "POST", "/applications", {"name": "Twice"}, 201)["id"]
    body = {"url": f"{receiver.url}/twice", "types": ["signal.recalled"]}
    endpoint = sent(owner, "POST", f"/applications/{application}/endpoints", body, 201)
    before = len(receiver.heard())
    trading.controls.send("PUT", "/_local/failpoints/partners.sent", {"action": "exit", "count": 1})
    planned = sent(owner, "POST", f"/endpoints/{endpoint['id']}/tests", status=202)["delivery_id"]
    assert until(lambda: len(receiver.heard()) > before, PATIENCE_S)
    trading.controls.send("DELETE", "/_local/failpoints/partners.sent")
    # the claim ends, and the schedule begins the next sender
    trading.controls.post("/_local/clock", {"advance_s": 61})

    def delivered() -> bool:
        return bool(sent(owner, "GET", f"/deliveries/{planned}")["state"] == "delivered")

    assert until(delivered, PATIENCE_S)
    found = sent(owner, "GET", f"/deliveries/{planned}")
    assert [one["outcome"] for one in found["attempts"]] == [None, "answered"]
    mine = [one for one in receiver.heard() if one["headers"]["webhook-id"] == found["message_id"]]
    assert len(mine) == 2
    assert {json.loads(one["body"])["data"]["endpoint_id"] for one in mine} == {endpoint["id"]}


def test_a_receiver_that_is_gone_is_left_alone_and_its_owner_told_by_mail(
    trading: Trading, receiver: Receiver
) -> None:
    owner = trading.person("enterprise")
    wish = {"name": "Gone", "contact": owner.email}
    application = sent(owner, "POST", "/applications", wish, 201)["id"]
    body = {"url": f"{receiver.url}/gone", "types": ["signal.recalled"]}
    endpoint = sent(owner, "POST", f"/applications/{application}/endpoints", body, 201)["id"]
    receiver.status = 410
    sent(owner, "POST", f"/endpoints/{endpoint}/tests", status=202)

    def disabled() -> bool:
        return bool(sent(owner, "GET", f"/endpoints/{endpoint}")["disabled"] == "gone")

    def mailed() -> bool:
        messages = trading.controls.get(f"/_local/mailbox?to={owner.email}")["messages"]
        return any(f"{receiver.url}/gone" in one["text"] for one in messages)

    assert until(disabled, PATIENCE_S)
    assert until(mailed, PATIENCE_S)
    receiver.status = 204
    assert sent(owner, "POST", f"/endpoints/{endpoint}/tests", status=409)["code"] == "ENDPOINT_CLOSED"
    assert trading.controls.get("/_local/policy")["denied"] == [], "no policy is too narrow"
