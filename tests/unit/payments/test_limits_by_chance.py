"""Whatever a person does, in whatever order: what is used is what a plain account of it says, and fits."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from builders.limits import ALLOWANCE, BASIC, Bank
from payments.errors.limits import TierTooLow
from payments.errors.orders import FeeCapReached, KycRequired
from payments.errors.subscriptions import AlreadySubscribed
from payments.model.kyc import TIERS, Tier
from payments.model.offer import Sku
from payments.model.paper import IST
from payments.model.quote import Order
from payments.model.subscription import Subscription

LIMITS: dict[str, int | None] = {
    "none": ALLOWANCE,
    "basic": BASIC,
    "standard": 5_00_000_00,
    "unlimited": None,
}
PRICES = {
    "premium-plus-monthly": 2_999_00,
    "premium-yearly": 9_999_00,
    "enterprise-monthly": 9_999_00,
}


@dataclass
class Page:
    """One page as a plain account knows it."""

    paise: int
    state: str = "opened"
    paid_at: datetime | None = None
    back: int = 0


@dataclass
class Account:
    """What one person did, without a word of how it is kept."""

    tier: Tier = "none"
    until: datetime | None = None
    pages: dict[str, Page] = field(default_factory=dict)
    renewals: list[tuple[datetime, int]] = field(default_factory=list)
    told: list[tuple[int, int]] = field(default_factory=list)

    def limit(self, now: datetime) -> int | None:
        ended = self.until is not None and self.until <= now
        return LIMITS["none" if ended else self.tier]

    def used(self, now: datetime) -> int:
        """Return what waits and what was paid in the year of ``now``."""
        return self.paid(now) + sum(page.paise for page in self.pages.values() if page.state == "opened")

    def paid(self, now: datetime) -> int:
        """Return what was paid in the year of ``now`` and did not go back."""
        came = [(page.paid_at, page.paise - page.back) for page in self.pages.values() if page.paid_at]
        return sum(paise for at, paise in [*came, *self.renewals] if _year(at) == _year(now))

    def take(self, paise: int, now: datetime) -> None:
        """Note that ``paise`` come now, and that it is told where they pass the limit."""
        limit, paid = self.limit(now), self.paid(now) + paise
        if limit is not None and paid > limit:
            self.told.append((limit, paid))


def _year(at: datetime) -> int:
    here = at.astimezone(IST)
    return here.year - (here.month < 4)


def _still_to_come(one: Subscription | None, now: datetime) -> int:
    """Return what runs on will charge before the next year."""
    if one is None or one.ends_at is not None or one.life == "ended":
        return 0
    terms = one.following or one.terms
    total = _weight(terms.price, terms.interval, one.period.end if one.period else now, now)
    return max(0, total - one.credit)


def _weight(price: int, interval: str, first: datetime, now: datetime) -> int:
    """Return what is charged from ``first`` on, date by date until one is of a later year than ``now``."""
    at, anchor, total = first, first.day, 0
    while _year(at) <= _year(now):
        total += price
        at = _next(at, anchor, 12 if interval == "year" else 1)
    return total


def _next(at: datetime, anchor: int, months: int) -> datetime:
    """Return the same day so many months later, or the last day of that month: found by trying."""
    year, month = at.year + (at.month + months > 12), (at.month + months - 1) % 12 + 1
    for day in range(anchor, 0, -1):
        try:
            return at.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    raise AssertionError("no month is without days")


class Person(RuleBasedStateMachine):
    """Buys, pays, lets lapse, takes back, is verified, subscribes, and lets time go by."""

    def __init__(self) -> None:
        super().__init__()
        self.bank = Bank()
        self.who = self.bank.customer("none")
        self.account = Account()
        self.running: Subscription | None = None
        self.keys = 0

    @property
    def now(self) -> datetime:
        return self.bank.counter.desk.clock.at

    def key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    def used(self) -> int:
        return self.account.used(self.now) + self.coming()

    def coming(self) -> int:
        return _still_to_come(self.running, self.now)

    def any_page(self, data: Any, *states: str) -> str | None:
        found = [own for own, page in self.account.pages.items() if page.state in states]
        return data.draw(st.sampled_from(found)) if found else None

    @rule(
        paise=st.one_of(
            st.integers(100_00, 60_000_00), st.just(10_000_00), st.integers(1_00_000_00, 6_00_000_00)
        )
    )
    def open_a_page(self, paise: int) -> None:
        limit = self.account.limit(self.now)
        fits = limit is None or self.used() + paise <= limit
        try:
            opened = self.bank.open(self.who, Order(top_up=paise), self.key())
        except TierTooLow as refused:
            told = refused.members["left"]
            assert (fits, told) == (False, str(max(0, (limit or 0) - self.used())))
        else:
            assert fits
            self.account.pages[opened.id] = Page(paise)

    @rule(share=st.integers(0, 1))
    def fill_what_is_left(self, share: int) -> None:
        """Ask for the very last paisa, or one more."""
        limit = self.account.limit(self.now)
        left = (limit or 0) - self.used()
        if limit is None or not 100_00 <= left <= 9_00_000_00:
            return
        self.open_a_page(left + share)

    @rule(data=st.data())
    def pay(self, data: Any) -> None:
        own = self.any_page(data, "opened", "lapsed")
        if own is not None:
            self.account.take(self.account.pages[own].paise, self.now)
            self.bank.pay(own)
            self.account.pages[own].state, self.account.pages[own].paid_at = "captured", self.now

    @rule(data=st.data())
    def let_lapse(self, data: Any) -> None:
        own = self.any_page(data, "opened")
        if own is not None:
            self.bank.counter.following.lapse(self.bank.counter.payment(own))
            self.account.pages[own].state = "lapsed"

    @rule(data=st.data(), part=st.integers(1, 4))
    def take_back(self, data: Any, part: int) -> None:
        own = self.any_page(data, "captured")
        if own is not None:
            page = self.account.pages[own]
            paise = (page.paise - page.back) // part
            if paise:
                self.bank.give_back(own, paise)
                page.back += paise

    @rule(tier=st.sampled_from(TIERS), days=st.integers(1, 400))
    def be_known(self, tier: Tier, days: int) -> None:
        self.bank.tell(self.who, tier, timedelta(days=days))
        self.account.tier = tier
        self.account.until = self.now + timedelta(days=days) if tier != "none" else None

    @rule(days=st.sampled_from([1, 20, 45, 140]))
    @precondition(lambda self: self.running is None)
    def wait(self, days: int) -> None:
        self.bank.counter.desk.clock.forward(days=days)

    @rule(sku=st.sampled_from(sorted(PRICES)))
    def subscribe(self, sku: str) -> None:
        limit, office = self.account.limit(self.now), self.bank.counter.office
        weight = _weight(PRICES[sku], sku.rpartition("-")[2].removesuffix("ly"), self.now, self.now)
        fits = limit is None or self.account.used(self.now) + weight <= limit
        try:
            opened = self.bank.open(self.who, Order(Sku(sku)), self.key())
        except (AlreadySubscribed, KycRequired, FeeCapReached):
            return
        except TierTooLow:
            assert not fits
            return
        assert fits
        one = office.subscriptions.find(opened.id)  # type: ignore[arg-type] # a subscription's
        assert one is not None
        assert one.page is not None
        office.hand.subscribe(one.page)
        self.look(office.gateway.checkouts[one.page].subscription, one)

    @rule()
    @precondition(lambda self: self.running is not None)
    def renew(self) -> None:
        assert self.running is not None
        ref = self.running.ref
        assert ref is not None
        office = self.bank.counter.office
        office.desk.clock.at = max(self.now, office.gateway.subscriptions[ref].period_end)
        office.hand.renew(ref)
        self.look(ref, self.running)

    @rule()
    @precondition(lambda self: self.running is not None and self.running.ends_at is None)
    def cancel(self) -> None:
        assert self.running is not None
        self.running = self.bank.counter.office.changing.cancel(self.who, self.running.id)

    @rule()
    @precondition(lambda self: self.running is not None and self.running.ends_at is not None)
    def resume(self) -> None:
        assert self.running is not None
        limit = self.account.limit(self.now)
        weight = _still_to_come(replace(self.running, ends_at=None), self.now)
        fits = limit is None or weight == 0 or self.account.used(self.now) + weight <= limit
        try:
            self.running = self.bank.counter.office.changing.resume(self.who, self.running.id)
        except TierTooLow:
            assert not fits
        else:
            assert fits

    def look(self, ref: Any, one: Subscription) -> None:
        """Let the worker see it, and write down what was charged."""
        office = self.bank.counter.office
        office.looking.look(ref)
        found = office.now_of(one)
        for each in office.desk.payments.of_subscription(found.id):
            assert each.captured_at is not None
            came = (each.captured_at, each.sale.gross)
            if came not in self.account.renewals:
                self.account.take(each.sale.gross, each.captured_at)
                self.account.renewals.append(came)
        self.running = None if found.life == "ended" else found

    @invariant()
    def what_is_used_is_what_the_plain_account_says(self) -> None:
        room = self.bank.counter.limiting.room(self.who)
        assert room.limit == self.account.limit(self.now)
        assert room.used == self.used(), (room, self.account)

    @invariant()
    def what_was_paid_beyond_a_limit_was_told(self) -> None:
        """Each payment that made the sum of its year too large for the tier of that moment, and no other."""
        told = [one.data for one in self.bank.counter.desk.payments.told if one.type == "books.differed"]
        assert [(one.expected, one.found) for one in told] == self.account.told


def test_what_is_used_is_what_a_plain_account_says_and_fits() -> None:
    often = settings(max_examples=60, stateful_step_count=30, deadline=None)
    run_state_machine_as_test(Person, settings=often)
