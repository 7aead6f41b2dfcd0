"""The stream on the whole platform: sockets dropped, Redis flushed, workers killed, nothing missed."""

import asyncio
import json
import secrets
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from kit import clock, events, ids
from kit.events.user_events import UserPlanChanged
from kit.identity import Caller
from kit.kafka.producer import Out, Producer
from kit.stores.redis import Redis
from local.stores.base import until
from realtime.adapters.redis_tickets import RedisTickets
from torture.stream import Plan, Torture

if TYPE_CHECKING:
    from fixtures.platform import RunningPlatform

pytestmark = pytest.mark.platform
_MIRROR_BACK_S = 90


def ticket(platform: "RunningPlatform", plan: str = "premium") -> str:
    redis, made = Redis(platform.stores["redis"]), secrets.token_urlsafe(16)
    caller = Caller(subject=f"e2e-{made}", plan=plan, family=made)  # type: ignore[arg-type]  # one of PLANS
    RedisTickets(redis).keep(made, caller, clock.unix())
    redis.close()
    return made


def told(socket: ClientConnection) -> dict[str, Any]:
    """Return the next frame that is no event: signals of other tests may pass by."""
    while True:
        frame: dict[str, Any] = json.loads(socket.recv(30))
        if frame["type"] != "event":
            return frame


def test_a_hundred_sockets_miss_nothing_and_see_nothing_twice(platform: "RunningPlatform") -> None:
    plan = Plan(sockets=100, messages=100, rate=5.0, drops=100, seed=7, settle_s=90)
    report = asyncio.run(Torture(platform.addresses, plan).run())
    redis = Redis(platform.stores["redis"])
    # others use this platform too: the mirror of revocations must be whole again
    assert until(lambda: redis.call("EXISTS", "auth:complete") == 1, _MIRROR_BACK_S)
    redis.close()
    assert (report.gaps_undetected, report.duplicates_undetected, report.unfinished) == (0, 0, 0), report
    assert report.lost_before_history == 0
    assert report.frames == 100 * 100
    assert report.drops_forced == 100
    assert report.workers_killed > 0


def test_a_ticket_opens_one_socket(platform: "RunningPlatform") -> None:
    made = ticket(platform)
    with connect(f"{platform.ws}?ticket={made}") as socket:
        socket.send(json.dumps({"action": "ping"}))
        assert json.loads(socket.recv(10)) == {"type": "pong", "heads": {}}
    with pytest.raises(InvalidStatus) as refused, connect(f"{platform.ws}?ticket={made}"):
        pass
    assert refused.value.response.status_code == 401


def test_a_page_from_elsewhere_opens_none(platform: "RunningPlatform") -> None:
    page = Origin("https://evil.example")
    url = f"{platform.ws}?ticket={ticket(platform)}"
    with pytest.raises(InvalidStatus) as refused, connect(url, origin=page):
        pass
    assert refused.value.response.status_code == 403


def test_nobody_gets_a_ticket_without_signing_in(platform: "RunningPlatform") -> None:
    request = urllib.request.Request(f"{platform.api}/api/v1/realtime/tickets", data=b"", method="POST")  # noqa: S310 - loopback
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)  # noqa: S310 - loopback
    assert refused.value.code == 401
    refused.value.close()


def test_frames_that_are_wrong_get_an_error_and_the_socket_stays(platform: "RunningPlatform") -> None:
    with connect(f"{platform.ws}?ticket={ticket(platform, 'free')}") as socket:
        for sent, code in (
            ({"action": "subscribe", "channel": "signals"}, "NOT_ENTITLED"),
            ({"action": "subscribe", "channel": "orders:somebody"}, "UNKNOWN_CHANNEL"),
            ({"action": "subscribe", "channel": 7}, "MALFORMED"),
            ({"action": "shout"}, "MALFORMED"),
        ):
            socket.send(json.dumps(sent))
            assert json.loads(socket.recv(10))["code"] == code
        socket.send("no json")
        assert json.loads(socket.recv(10))["type"] == "error"
        socket.send(json.dumps({"action": "subscribe", "channel": "signals-delayed"}))
        assert json.loads(socket.recv(10))["recovered"] is True


def test_a_plan_that_ends_takes_its_socket_with_it(platform: "RunningPlatform") -> None:
    made, subject = secrets.token_urlsafe(16), ids.uuid7()
    redis = Redis(platform.stores["redis"])
    RedisTickets(redis).keep(made, Caller(subject=subject, plan="premium", family="f"), clock.unix())
    redis.close()
    changed = UserPlanChanged(
        user_id=subject, plan="free", previous="premium", changed_by="admin", changed_at=clock.now()
    )
    event = events.new(changed, subject=subject, version=2)
    producer = Producer(platform.stores["kafka"], deadline_s=10)
    with connect(f"{platform.ws}?ticket={made}") as socket:
        socket.send(json.dumps({"action": "subscribe", "channel": "signals"}))
        assert told(socket)["type"] == "subscribed"
        producer.send([Out("user-events", subject, events.encode(event))])
        assert told(socket)["code"] == "ENTITLEMENT_ENDED"
        with pytest.raises(ConnectionClosed):
            told(socket)
    producer.close()


def test_a_plan_has_so_many_sockets(platform: "RunningPlatform") -> None:
    redis = Redis(platform.stores["redis"])
    caller = Caller(subject=f"e2e-{secrets.token_hex(4)}", plan="free", family="f")
    made = [secrets.token_urlsafe(16) for _ in range(3)]
    for one in made:
        RedisTickets(redis).keep(one, caller, clock.unix())
    redis.close()
    first, second, third = (f"{platform.ws}?ticket={one}" for one in made)
    with connect(first), connect(second), pytest.raises(InvalidStatus) as refused, connect(third):
        pass
    assert refused.value.response.status_code == 429
