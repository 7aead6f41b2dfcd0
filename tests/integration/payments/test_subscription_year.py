"""Months on the local clock, day by day: each day our books are the gateway's and nobody lacks what they paid."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from builders.payments_api import wired
from builders.stripe_gateway import counter
from builders.subscription_year import BAD, GOOD, START, Year, a_quarter, days, year
from fixtures.database import Databases

pytestmark = pytest.mark.stores


@pytest.fixture
def running(database: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Year]:
    db = database("payments", "ledger")
    with (
        counter(tmp_path / "stripe") as gateway,
        year(wired(db, gateway, monkeypatch), tmp_path, monkeypatch, START) as made,
    ):
        yield made


def test_a_quarter_of_everything_that_happens_to_subscriptions(running: Year) -> None:
    """The rest of the year: ``tests/torture/subscriptions``."""
    lives = a_quarter(running)
    assert running.now_of(lives.monthly).terms.sku == "premium-monthly"
    assert running.standing(lives.monthly).plan == "premium"


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
