"""From records to deliveries and quotas, on PostgreSQL and Redis: once each, and told again when told badly."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from authorizer.adapters.keys import RedisKeyGate
from authorizer.errors import TokenRefused
from authorizer.service.keys import KeyAuthorizer
from builders.partners import Desk, on_postgres, somebody
from kit import clock, events, ids
from kit.errors import Retryable
from kit.events import Event
from kit.events.trading_signals import SignalRecalled
from kit.events.user_events import UserDisabled, UserEnabled, UserPlanChanged
from kit.stores.postgres import Database
from kit.stores.redis import Redis
from partners.adapters.postgres import PostgresOutgoing
from partners.adapters.redis import RedisKeyMirror
from partners.bootstrap import consumer as wiring
from partners.bootstrap import stores
from partners.consumer import PartnersConsumer, follow, record, resume, stop
from partners.ports import LogQuery
from partners.service.recording import Recording

pytestmark = pytest.mark.stores
RESOURCE = "/api/v1/signals"


class Left:
    def get_remaining_time_in_millis(self) -> int:
        return 30_000


class Work:
    """The consumer over one database, and who is told."""

    def __init__(self, db: Database, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk = Desk(on_postgres(db), RedisKeyMirror(redis))
        self.door = KeyAuthorizer(RedisKeyGate(redis))
        self.offset = 0
        self.consumer = PartnersConsumer(
            "partners-consumer",
            {SignalRecalled: record, UserPlanChanged: follow, UserDisabled: stop, UserEnabled: resume},
            lambda: db,
        )
        monkeypatch.setattr(wiring, "recording", lambda: Recording(PostgresOutgoing(db)))
        monkeypatch.setattr(wiring, "owners", lambda: self.desk.stores.owners)
        monkeypatch.setattr(stores, "mirroring", lambda: self.desk.mirroring)

    def take(self, event: Event[Any]) -> int:
        """Hand one record over; return how many of it failed."""
        self.offset += 1
        record_of = {
            "topic": event.data.TOPIC,
            "partition": 0,
            "offset": self.offset,
            "timestamp": 0,
            "key": base64.b64encode(event.subject.encode()).decode(),
            "value": base64.b64encode(events.encode(event)).decode(),
            "headers": [],
        }
        batch = {"eventSource": "aws:kafka", "records": {f"{event.data.TOPIC}-0": [record_of]}}
        return len(self.consumer.handler(batch, Left())["batchItemFailures"])


@pytest.fixture
def work(db: Database, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    redis = Redis(redis_url, timeout_s=5)
    redis.call("FLUSHDB")
    yield Work(db, redis, monkeypatch)
    redis.close()


def test_a_plan_becomes_the_quota_of_the_owners_keys(work: Work) -> None:
    application = work.desk.application(somebody())
    credential = work.desk.issue(application).credential
    told = UserPlanChanged(
        user_id=application.owner, plan="free", previous="enterprise", changed_by="x", changed_at=clock.now()
    )
    assert work.take(events.new(told, subject=application.owner, version=5)) == 0
    caller = work.door.authorize(f"Bearer {credential}", "203.0.113.1", RESOURCE, clock.unix())
    assert (caller.plan, caller.limit.limit if caller.limit else 0) == ("free", 100)


def test_a_plan_that_could_not_be_told_comes_again(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    application = work.desk.application(somebody())
    credential = work.desk.issue(application).credential
    told = UserPlanChanged(
        user_id=application.owner,
        plan="premium",
        previous="enterprise",
        changed_by="x",
        changed_at=clock.now(),
    )
    event = events.new(told, subject=application.owner, version=5)

    class Away:
        def tell_owner(self, _: str) -> None:
            raise Retryable("away")

    with monkeypatch.context() as patched:
        patched.setattr(stores, "mirroring", Away)
        assert work.take(event) == 1
    assert work.take(event) == 0
    caller = work.door.authorize(f"Bearer {credential}", "203.0.113.1", RESOURCE, clock.unix())
    assert caller.plan == "premium"


def test_a_disabled_persons_key_is_refused_and_opens_again_once_enabled(work: Work) -> None:
    application = work.desk.application(somebody())
    bearer, at = f"Bearer {work.desk.issue(application).credential}", clock.now()
    owner, why = application.owner, {"reason": "taken_over", "reference": "CASE-2042"}
    off = UserDisabled(user_id=owner, disabled_by="x", disabled_at=at, **why)
    assert work.take(events.new(off, subject=owner, version=5)) == 0
    with pytest.raises(TokenRefused):
        work.door.authorize(bearer, "203.0.113.1", RESOURCE, clock.unix())
    on = UserEnabled(user_id=owner, enabled_by="x", enabled_at=at, **why)
    assert work.take(events.new(on, subject=owner, version=6)) == 0
    assert work.door.authorize(bearer, "203.0.113.1", RESOURCE, clock.unix()).subject == owner


def test_an_event_that_comes_twice_is_planned_once(work: Work) -> None:
    application = work.desk.application(somebody())
    endpoint, _ = work.desk.endpoint(application)
    work.desk.endpoints.change(endpoint.owner, endpoint.id, 1, types=("signal.recalled",))
    told = SignalRecalled(
        signal_id=ids.uuid7(), symbol="AAPL", reason="wrong", recalled_by="x", recalled_at=clock.now()
    )
    event = events.new(told, subject=told.signal_id, version=3)
    assert [work.take(event), work.take(event)] == [0, 0]

    (planned,) = work.desk.logs.page(endpoint.owner, endpoint.id, LogQuery(None, None, 10))
    assert planned.message_id == "msg_" + event.id.replace("-", "")
    assert planned.due_at is not None
    assert planned.due_at - event.time < timedelta(seconds=1)
