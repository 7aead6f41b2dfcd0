"""A year on the local clock, day by day: each day our books are the gateway's and nobody lacks what they paid."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builders.payments_api import wired
from builders.stripe_gateway import counter
from builders.subscription_year import BAD, GOOD, Year, days, year
from fixtures.database import Databases
from kit import clock

pytestmark = pytest.mark.stores
START = datetime(2027, 1, 31, 10, tzinfo=UTC)


@pytest.fixture
def running(database: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Year]:
    db = database("payments", "ledger")
    with (
        counter(tmp_path / "stripe") as gateway,
        year(wired(db, gateway, monkeypatch), tmp_path, monkeypatch, START) as made,
    ):
        yield made


def test_a_year_of_everything_that_happens_to_subscriptions(running: Year) -> None:
    monthly = running.subscribe("premium-plus-monthly")  # anchored on the 31st
    trial = running.subscribe("premium-monthly")
    yearly = running.subscribe("premium-yearly")
    lost = running.subscribe("enterprise-monthly")
    assert running.standing(trial).plan == "premium"
    assert running.paid(trial) == []

    running.until(START + days(33))
    assert monthly.period is not None
    assert running.now_of(monthly).period != monthly.period
    assert running.shown(monthly)["period_start"].startswith("2027-02-28T10:00")
    assert running.shown(monthly)["next_charge"]["at"].startswith("2027-03-31T10:00")

    running.bank(trial, BAD)  # a month that is recovered at the second try
    running.bank(lost, BAD)  # and one that never is
    running.until(START + days(37))
    owing = running.now_of(trial)
    assert (owing.life, running.standing(trial).plan) == ("past_due", "premium")
    running.bank(trial, GOOD)
    running.until(START + days(44))
    assert running.now_of(trial).life == "active"
    assert [one["tries"] for one in running.office.events("subscription.past_due")][:1] == [1]
    (recovered,) = running.office.events("subscription.recovered")
    assert (recovered["subscription_id"], recovered["reactivated"]) == (trial.id, False)

    quote = running.post(monthly, "quotes", "enterprise-monthly").json
    assert quote["begins"] == "now"
    changed = running.post(monthly, "change", "enterprise-monthly", "up")
    assert (changed.status, changed.json["plan"]) == (200, "enterprise")
    running.settle()
    assert abs(running.paid(monthly)[-1] - quote["due_now"]["amount"]) <= 2

    running.until(START + days(75))
    gone = running.now_of(lost)
    assert (gone.life, gone.reason, running.standing(lost).plan) == ("ended", "unpaid", "free")
    assert any("has ended" in letter.subject for letter in running.letters.letters.values())

    assert running.post(trial, "cancel").json["ends_at"] is not None
    running.until(clock.now() + days(3))
    assert running.post(trial, "resume").json["ends_at"] is None
    down = running.post(monthly, "change", "premium-monthly", "down").json
    assert (down["plan"], down["change"]["sku"]) == ("enterprise", "premium-monthly")

    running.until(START + days(366))
    assert running.paid(yearly) == [999900, 999900]
    assert len(running.paid(trial)) == 12
    assert running.now_of(monthly).terms.sku == "premium-monthly"
    assert running.standing(monthly).plan == "premium"
    notices = [letter.key for letter in running.letters.letters.values() if ":notice:" in letter.key]
    assert len(notices) == len(set(notices)) >= 24


def test_a_clock_that_jumps_over_months_ends_in_the_same_books(running: Year) -> None:
    one = running.subscribe("premium-plus-monthly")
    running.forward(100 * 86_400)
    running.settle()
    assert running.paid(one) == [299900] * 4
    assert running.standing(one).plan == "premium"


def test_who_pays_by_the_link_after_the_end_gets_the_period(running: Year) -> None:
    one = running.subscribe("enterprise-monthly")
    running.bank(one, BAD)
    running.until(START + days(30))
    address = running.shown(one)["arrears"]["address"]
    assert any(address in letter.text for letter in running.letters.letters.values())
    running.until(START + days(45))
    assert running.shown(one)["status"] == "ended"
    running.office.counter.click(address, number=GOOD)
    running.settle()
    shown = running.shown(one)
    assert (shown["status"], running.standing(one).plan) == ("running_out", "enterprise")
    running.until(datetime.fromisoformat(shown["valid_until"]) + days(1))
    assert (running.shown(one)["status"], running.standing(one).plan) == ("ended", "free")


def test_a_bank_that_asks_is_answered_on_the_page(running: Year) -> None:
    one = running.subscribe("enterprise-monthly")
    running.bank(one, "4000002760003184")
    running.until(START + days(31))
    shown = running.shown(one)
    assert (shown["status"], shown["arrears"]["confirm"]) == ("past_due", True)
    address = shown["arrears"]["address"]
    running.office.counter.click(address, number="4000002760003184")
    running.office.counter.click(address, action="authenticate")
    running.settle()
    assert (running.shown(one)["status"], running.paid(one)) == ("active", [999900] * 2)
