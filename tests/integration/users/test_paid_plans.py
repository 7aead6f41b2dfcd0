"""From a record of payments to a plan, on PostgreSQL: with its inbox, its outbox and old tokens refused."""

import base64
from datetime import timedelta

import pytest

from fixtures.database import Databases
from kit import clock, events, ids
from kit.events import Event
from kit.events.payment_events import EntitlementChanged
from kit.identity import Plan
from kit.kafka import Consumer
from kit.outbox import Outbox
from kit.stores.postgres import Database
from users.adapters.memory import MemoryMirror
from users.adapters.postgres import PostgresAccounts
from users.model import User, UserId
from users.service.changes import Changes
from users.service.plans import PlanKeeping

pytestmark = pytest.mark.stores
NOW = clock.now()
UNTIL = NOW + timedelta(days=30)


class Left:
    def get_remaining_time_in_millis(self) -> int:
        return 30_000


class World:
    def __init__(self, db: Database) -> None:
        self.db = db
        self.accounts = PostgresAccounts(db, Outbox(db, None))
        self.mirror = MemoryMirror()
        self.keeping = PlanKeeping(self.accounts, Changes(self.accounts, self.mirror, db.on_commit))
        self.consumer = Consumer("users-entitlements", {EntitlementChanged: self.keeping.follow}, lambda: db)
        self.offset = 0

    def open(self) -> User:
        user = User(
            id=UserId(ids.uuid7()),
            email=f"{ids.uuid7()}@example.com",
            phone=None,
            password_hash="$argon2id$fake",
            display_name="Asha",
            locale="en",
            roles=("user",),
            plan="free",
            not_before=0,
            version=1,
            created_at=NOW,
            updated_at=NOW,
        )
        self.db.run(
            "INSERT INTO users.users (id, email, password_hash, display_name, locale, roles, plan, version,"
            " created_at, updated_at) VALUES (%s, %s, 'x', 'Asha', 'en', '{user}', 'free', 1, %s, %s)",
            (user.id, user.email, NOW, NOW),
        )
        return user

    def deliver(self, *made: Event[EntitlementChanged]) -> list[object]:
        """Hand ``made`` to the consumer as one batch; return what failed."""
        batch = []
        for event in made:
            self.offset += 1
            value = base64.b64encode(events.encode(event)).decode()
            key = base64.b64encode(event.subject.encode()).decode()
            record = {"topic": "payment-events", "partition": 0, "offset": self.offset, "timestamp": 0}
            batch.append(
                {**record, "timestampType": "CREATE_TIME", "key": key, "value": value, "headers": []}
            )
        answer = self.consumer.handler({"records": {"payment-events-0": batch}}, Left())
        return list(answer["batchItemFailures"])

    def told(self) -> list[tuple[str, str, int]]:
        rows = self.db.all(
            "SELECT p ->> 'previous', p ->> 'plan', version FROM (SELECT seq, version,"
            " convert_from(payload, 'UTF8')::jsonb -> 'data' AS p FROM users.outbox) o ORDER BY seq"
        )
        return [(row[0], row[1], row[2]) for row in rows]


@pytest.fixture
def world(database: Databases) -> World:
    return World(database("users"))


def paid(user_id: str, plan: Plan, version: int) -> Event[EntitlementChanged]:
    until = None if plan == "free" else UNTIL
    data = EntitlementChanged(
        user_id=user_id, plan=plan, valid_until=until, items=(), cause=ids.uuid7(), changed_at=NOW
    )
    return events.new(data, subject=user_id, version=version)


def test_a_batch_is_applied_once_in_order_and_told(world: World) -> None:
    user = world.open()
    bought, larger = paid(user.id, "premium", 1), paid(user.id, "enterprise", 2)
    refunded = paid(user.id, "free", 3)
    assert world.deliver(bought, larger) == []
    assert world.deliver(bought, larger) == []
    changed = world.accounts.by_id(user.id)
    assert changed is not None
    assert (changed.plan, changed.paid_version, changed.version) == ("enterprise", 2, 3)
    assert world.mirror.stale == {user.id: changed.not_before}
    assert world.deliver(refunded, larger) == []
    assert world.told() == [("free", "premium", 2), ("premium", "enterprise", 3), ("enterprise", "free", 4)]


def test_what_payments_knew_before_comes_too_late(world: World) -> None:
    user = world.open()
    assert world.deliver(paid(user.id, "premium", 5)) == []
    assert world.deliver(paid(user.id, "free", 4)) == []
    assert world.told() == [("free", "premium", 2)]


def test_somebody_unknown_stops_nobody(world: World) -> None:
    user = world.open()
    assert world.deliver(paid(ids.uuid7(), "premium", 1), paid(user.id, "premium", 1)) == []
    assert world.told() == [("free", "premium", 2)]


def test_old_tokens_are_refused_only_after_the_commit(world: World) -> None:
    user = world.open()
    with world.db.transaction():
        world.keeping.follow(paid(user.id, "premium", 1))
        assert world.mirror.stale == {}
    assert set(world.mirror.stale) == {user.id}
