"""Privacy's consumer on PostgreSQL, fed as Kafka's source feeds it: answers in any order, twice, and of no business."""

import base64
import random
from typing import Any

import pytest

from builders.privacy import PrivacyDesk, over, somebody
from fixtures.database import Databases
from kit import clock, events, ids
from kit.events import Event
from kit.events.payment_events import SubscriptionEnded, SubscriptionRenewed, SubscriptionStarted
from kit.events.privacy_events import PrivacyContributed
from kit.kafka import Consumer
from kit.stores.postgres import Database
from privacy import consumer as entry
from privacy.bootstrap import consumer as wiring
from privacy.errors import StillEngaged

pytestmark = pytest.mark.stores


class Left:
    def get_remaining_time_in_millis(self) -> int:
        return 30_000


class Work:
    """The consumer over one database."""

    def __init__(self, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.db, self.desk, self.offset = db, over(db), 0
        self.desk.clock.at = clock.now()
        for name in ("exporting", "erasing", "following"):
            monkeypatch.setattr(wiring, name, lambda name=name: getattr(self.desk, name))
        self.consumer = Consumer("privacy-consumer", entry.ACCEPTED, lambda: db)

    def take(self, *made: Event[Any]) -> int:
        """Hand a batch over; return how many of it failed."""
        records: dict[str, list[dict[str, Any]]] = {}
        for event in made:
            self.offset += 1
            record = {
                "topic": event.data.TOPIC, "partition": 0, "offset": self.offset, "timestamp": 0, "headers": [],
                "key": base64.b64encode(event.subject.encode()).decode(),
                "value": base64.b64encode(events.encode(event)).decode(),
            }  # fmt: skip
            records.setdefault(f"{event.data.TOPIC}-0", []).append(record)
        batch = {"eventSource": "aws:kafka", "records": records}
        return len(self.consumer.handler(batch, Left())["batchItemFailures"])

    def open_letters(self) -> int:
        row = self.db.one("SELECT count(*) FROM dead_letters WHERE settled_at IS NULL")
        assert row is not None
        return int(row[0])


@pytest.fixture
def work(whole: tuple[Databases, Database], monkeypatch: pytest.MonkeyPatch) -> Work:
    databases, first = whole
    db = databases.also(first, "privacy")
    db.run("DELETE FROM due")
    return Work(db, monkeypatch)


def played(work: Work, seed: int) -> PrivacyDesk:
    """Let every domain contribute and erase, each answer told one to three times, shuffled within its stage."""
    dice, desk = random.Random(seed), work.desk  # noqa: S311 - a test's dice
    person = somebody()
    export = desk.exporting.request(person)
    parts = [
        event for one in export.domains for event in [desk.contribution(export, one)] * dice.randint(1, 3)
    ]
    dice.shuffle(parts)
    assert work.take(*parts) == 0
    desk.upkeep()
    assert desk.find_export(export).state == "ready"

    erasure = desk.begun(person)
    answers = [event for one in erasure.first for event in [desk.answer(erasure, one)] * dice.randint(1, 3)]
    dice.shuffle(answers)
    assert work.take(*answers) == 0
    assert desk.find(erasure).state == "closing"
    last = desk.answer(erasure, "users")
    assert work.take(*answers[:2], last, last, *parts[:2]) == 0
    desk.upkeep()
    desk.clock.forward(seconds=5)
    desk.upkeep()
    assert desk.find(erasure).state == "completed"
    types = desk.types(erasure.id)
    assert types == [
        "privacy.erasure_requested",
        "privacy.erasure_due",
        "privacy.erasure_closing",
        "privacy.erasure_due",
        "privacy.erasure_completed",
    ]
    assert desk.types(export.id) == ["privacy.export_requested", "privacy.export_ready"]
    return desk


@pytest.mark.parametrize("seed", range(5))
def test_answers_in_any_order_and_number_come_to_one_end(work: Work, seed: int) -> None:
    print(f"seed {seed}")  # noqa: T201 - to play it again
    played(work, seed)
    assert work.open_letters() == 0


def test_what_is_about_nothing_we_know_is_passed_by(work: Work) -> None:
    told = PrivacyContributed(
        person=ids.uuid7(), export_id=ids.uuid7(), domain="users", sha256="0" * 64, records=0, pages=1,
        contributed_at=clock.now(),
    )  # fmt: skip
    assert work.take(events.new(told, subject=told.export_id, version=1)) == 0
    assert work.open_letters() == 0


def test_what_payments_tell_decides_whether_somebody_may_leave(work: Work) -> None:
    person, subscription, now = somebody(), ids.uuid7(), clock.now()
    about: dict[str, Any] = {
        "subscription_id": subscription, "user_id": person, "sku": "premium-month", "plan": "premium",
        "interval": "month", "monthly": 99_900, "currency": "INR",
    }  # fmt: skip
    started = SubscriptionStarted(**about, trial=False, period_end=now, started_at=now)
    renewed = SubscriptionRenewed(**about, from_trial=False, period_end=now, renewed_at=now)
    ended = SubscriptionEnded(**about, reason="cancelled", ended_at=now)
    one, two, three = (
        events.new(data, subject=subscription, version=version)
        for version, data in enumerate((started, renewed, ended), 1)
    )
    assert work.take(one, two, one) == 0
    with pytest.raises(StillEngaged):
        work.desk.erasing.request(person)
    assert work.take(three, two) == 0
    assert work.desk.erasing.request(person).state == "waiting"
