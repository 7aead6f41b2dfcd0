"""A year of subscriptions on one clock: the gateway's stand-in, webhooks, worker, schedule, PostgreSQL."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from builders.payments_api import Office, customer
from kit import clock
from kit.identity import Caller
from local.stripe.controls import books
from payments import bootstrap
from payments.adapters.memory.notifying import MemoryNotifier
from payments.model import ledger_chart as chart
from payments.model.entitlement import Standing
from payments.model.gateway import GatewayInvoice, GatewaySubscription, SubscriptionRef
from payments.model.ledger import Book
from payments.model.payment import SubscriptionId
from payments.model.subscription import Subscription
from payments.model.subscription_course import GRACE, LEEWAY

BAD, GOOD = "4000000000000341", "4242424242424242"
START = datetime(2027, 1, 31, 10, tzinfo=UTC)
"""The end of a long month: anchors on the 31st meet a short one at once."""


@dataclass
class Year:
    """``letters`` are what was mailed. The clock moves by :meth:`day` and :meth:`until`."""

    office: Office
    clock_file: Path
    letters: MemoryNotifier = field(default_factory=MemoryNotifier)
    people: dict[SubscriptionId, Caller] = field(default_factory=dict)

    def begin_at(self, at: datetime) -> None:
        """Set both clocks."""
        self.office.counter.moved_s[0] = at.timestamp() - time.time()
        self._write()

    def forward(self, seconds: float) -> None:
        """Move both clocks, and let the gateway do what is due."""
        self.office.receive(self.office.webhooks())  # a signature is good for minutes
        self.office.counter.later(seconds)
        self._write()
        self.office.counter.run(lambda server: server.api.tick())

    def _write(self) -> None:
        self.clock_file.write_bytes(clock.encode(self.office.counter.moved_s[0]))

    def settle(self, *, schedule_first: bool = False) -> None:
        """Let worker and schedule do everything there is, and hold what must hold."""
        happened = self.schedule() if schedule_first else 0
        for _ in range(6):
            heard = len(self.office.counter.sent)
            self.office.work()
            done = self.schedule()
            happened += done + len(self.office.counter.sent) - heard
            if not done:
                break
        if happened:
            self.office.work()
            self.hold()

    def schedule(self) -> int:
        """Do what is due."""
        total = 0
        while done := bootstrap.schedule.upkeep().run():
            total += done
        return total

    def day(self) -> None:
        """Go on by a day; the schedule comes before the webhooks on every second one."""
        self.forward(86_400)
        self.settle(schedule_first=int(clock.unix() // 86_400) % 2 == 0)

    def until(self, at: datetime) -> None:
        """Go on day by day."""
        while clock.now() < at:
            self.day()

    def subscribe(self, sku: str, number: str = GOOD) -> Subscription:
        """Let somebody new subscribe."""
        caller = self.office.enrol(customer(confirmed=2))
        opened = self.office.open(caller, {"sku": sku})
        assert opened.status == 201, opened.json
        assert self.office.pay(opened.json["address"], number) == 303
        subscription = SubscriptionId(opened.json["id"])
        self.people[subscription] = caller
        self.settle()
        return self._find(subscription)

    def now_of(self, one: Subscription) -> Subscription:
        """Return its newest state."""
        return self._find(one.id)

    def _find(self, subscription: SubscriptionId) -> Subscription:
        found = bootstrap.subscriptions.subscriptions().find(subscription)
        assert found is not None
        return found

    def shown(self, one: Subscription) -> dict[str, Any]:
        """Return what its person sees."""
        answer = self.office.ask("GET", "/subscriptions/{id}", self.people[one.id], id=one.id)
        assert answer.status == 200
        found: dict[str, Any] = answer.json
        return found

    def post(self, one: Subscription, what: str, sku: str | None = None, key: str = "") -> Any:
        """Ask for a change, a quote, a cancellation."""
        caller = customer(confirmed=2)
        caller = type(caller)(
            self.people[one.id].subject,
            caller.roles,
            step_up_at=int(clock.unix()),
            step_up_level=2,
        )
        body = {"sku": sku} if sku else None
        return self.office.ask(
            "POST", f"/subscriptions/{{id}}/{what}", caller, body, key=key or None, id=one.id
        )

    def standing(self, one: Subscription) -> Standing:
        """Return what the person may use, as it was told last."""
        row = self.office.db.one("SELECT plan, valid_until FROM standings WHERE person = %s", (one.person,))
        return Standing(*row) if row else Standing()

    def bank(self, one: Subscription, number: str) -> None:
        """Let the customer's bank think of the card as it does of the one of ``number``."""
        customer_ref = one.customer

        def turn(server: Any) -> None:
            for method in server.world.records.newest("payment_method", customer_ref):
                server.world.keep(method | {"_number": number})

        self.office.counter.run(turn)

    def held(self, one: Subscription) -> tuple[GatewaySubscription, tuple[GatewayInvoice, ...]]:
        """Return what the gateway holds."""
        ref = SubscriptionRef(str(self.now_of(one).ref))
        found = self.office.counter.reader.subscription(ref)
        assert found is not None
        return found, self.office.counter.reader.invoices(ref)

    def paid(self, one: Subscription) -> list[int]:
        """Return what was captured of it, the oldest first."""
        found = bootstrap.orders.payments().of_subscription(one.id)
        return [each.sale.gross for each in found if each.captured_at]

    def hold(self) -> None:
        """Demand that our books are the gateway's, and that everybody has what they paid for, and no more."""
        totals = self.office.counter.run(books)["totals"]
        ledger = bootstrap.stores.ledger()
        found = ledger.balance(chart.clearing(Book.RESEARCH))
        assert found is not None
        assert found.debits_posted - found.credits_posted == totals.get("inr", {}).get("net", 0)
        assert ledger.discrepancies() == []
        for subscription in self.people:
            self._hold_one(self._find(subscription))

    def _hold_one(self, one: Subscription) -> None:
        found, invoices = self.held(one)
        payments = bootstrap.orders.payments().of_subscription(one.id)
        periods = [each.period for each in payments]
        assert len(set(periods)) == len(periods), "one payment a period"
        taken = [bill.paid.amount for bill in reversed(invoices) if bill.paid.amount]
        assert sorted(each.sale.gross for each in payments) == sorted(taken)
        now, standing = clock.now(), self.standing(one)
        paid = [bill for bill in invoices if bill.status == "paid"]
        until = max(bill.period_end for bill in paid)
        if any(bill.period_start <= now < bill.period_end for bill in paid) and one.life != "ended":
            assert standing.plan != "free", "who paid has the plan"
        if standing.plan != "free" and one.life in {"trialing", "active", "past_due"}:
            assert standing.valid_until is not None
            most = GRACE if one.life == "past_due" else LEEWAY
            assert now < standing.valid_until <= until + most, "no plan outlives what was paid"
        if found.status == "ended" and one.life == "ended":
            assert standing.plan == "free"


@contextmanager
def year(office: Office, folder: Path, monkeypatch: pytest.MonkeyPatch, at: datetime) -> Iterator[Year]:
    """Run one, beginning ``at``."""
    made = Year(office, folder / "clock")
    made.clock_file.write_bytes(clock.encode(0.0))
    descriptor = os.open(made.clock_file, os.O_RDONLY)
    monkeypatch.setattr(clock, "_path", str(made.clock_file))
    monkeypatch.setattr(clock, "_fd", descriptor)
    monkeypatch.setattr(bootstrap.dunning, "notifier", lambda: made.letters)
    made.begin_at(at)
    try:
        yield made
    finally:
        os.close(descriptor)


def days(number: float) -> timedelta:
    """Return so many days."""
    return timedelta(days=number)


@dataclass(frozen=True)
class Lives:
    """Four subscriptions: one that changes, one that pays late, one for a year, and one that is lost."""

    monthly: Subscription
    trial: Subscription
    yearly: Subscription
    lost: Subscription


def a_quarter(running: Year) -> Lives:
    """Let everything happen that happens to subscriptions, from :data:`START` on."""
    lives = Lives(
        monthly=running.subscribe("premium-plus-monthly"),
        trial=running.subscribe("premium-monthly"),
        yearly=running.subscribe("premium-yearly"),
        lost=running.subscribe("enterprise-monthly"),
    )
    assert (running.standing(lives.trial).plan, running.paid(lives.trial)) == ("premium", [])
    running.until(START + days(33))
    _renewed_on_a_short_month(running, lives.monthly)
    running.bank(lives.trial, BAD)  # a month that is recovered at the second try
    running.bank(lives.lost, BAD)  # and one that never is
    running.until(START + days(37))
    assert (running.now_of(lives.trial).life, running.standing(lives.trial).plan) == ("past_due", "premium")
    running.bank(lives.trial, GOOD)
    running.until(START + days(44))
    _recovered_once(running, lives.trial)
    _changed_up(running, lives.monthly)
    running.until(START + days(75))
    _lost_for_good(running, lives.lost)
    _changed_their_minds(running, lives)
    running.until(START + days(107))
    return lives


def _renewed_on_a_short_month(running: Year, one: Subscription) -> None:
    assert one.period is not None
    assert running.now_of(one).period != one.period
    assert running.shown(one)["period_start"].startswith("2027-02-28T10:00")
    assert running.shown(one)["next_charge"]["at"].startswith("2027-03-31T10:00")


def _recovered_once(running: Year, one: Subscription) -> None:
    assert running.now_of(one).life == "active"
    assert [event["tries"] for event in running.office.events("subscription.past_due")][:1] == [1]
    (recovered,) = running.office.events("subscription.recovered")
    assert (recovered["subscription_id"], recovered["reactivated"]) == (one.id, False)


def _changed_up(running: Year, one: Subscription) -> None:
    quote = running.post(one, "quotes", "enterprise-monthly").json
    assert quote["begins"] == "now"
    changed = running.post(one, "change", "enterprise-monthly", "up")
    assert (changed.status, changed.json["plan"]) == (200, "enterprise")
    running.settle()
    assert abs(running.paid(one)[-1] - quote["due_now"]["amount"]) <= 2


def _lost_for_good(running: Year, one: Subscription) -> None:
    gone = running.now_of(one)
    assert (gone.life, gone.reason, running.standing(one).plan) == ("ended", "unpaid", "free")
    assert any("has ended" in letter.subject for letter in running.letters.letters.values())


def _changed_their_minds(running: Year, lives: Lives) -> None:
    assert running.post(lives.trial, "cancel").json["ends_at"] is not None
    running.until(clock.now() + days(3))
    assert running.post(lives.trial, "resume").json["ends_at"] is None
    down = running.post(lives.monthly, "change", "premium-monthly", "down").json
    assert (down["plan"], down["change"]["sku"]) == ("enterprise", "premium-monthly")
