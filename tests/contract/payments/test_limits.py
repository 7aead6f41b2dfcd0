"""What people paid in, as a limit counts it: one contract in memory and in PostgreSQL."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from builders.limits import refund
from builders.orders import NOW, SELLER, course, offer, person, top_up
from builders.refund_database import opened, over
from builders.refunds import RefundDesk, in_memory
from payments.adapters.memory.paying_in import MemoryPayingIn
from payments.adapters.memory.payments import MemoryPayments
from payments.adapters.memory.refunds import MemoryRefunds
from payments.adapters.memory.subscriptions import MemorySubscriptions
from payments.adapters.postgres.paying_in import PostgresPayingIn
from payments.adapters.postgres.subscriptions import PostgresSubscriptions
from payments.model.ledger import Book, PersonId
from payments.model.limit import PaidIn, year_of
from payments.model.payment import Payment, SubscriptionId
from payments.model.refund import RefundStatus
from payments.model.sale import sold_within
from payments.model.subscription import Ordered, Subscription, terms_of
from payments.ports.limits import PayingIn
from payments.ports.subscriptions import Subscriptions

YEAR = year_of(NOW)
MOMENT = timedelta(microseconds=1)


@dataclass
class House:
    """One kind of store."""

    desk: RefundDesk
    paying_in: PayingIn
    subscriptions: Subscriptions

    def paid(self, who: PersonId, paise: int = 1_000_00, **changed: object) -> Payment:
        """Keep a captured payment into a wallet."""
        one = replace(top_up(who, paise), status="captured", captured_at=NOW)
        one = replace(one, **changed)  # type: ignore[arg-type] # by name
        assert self.desk.payments.put(one, 0)
        return one

    def back(self, one: Payment, paise: int, status: RefundStatus, number: int) -> None:
        """Keep a refund of it."""
        assert self.desk.refunds.put(refund(one.id, one.person, paise, status, number), 0)

    def of(self, who: PersonId) -> PaidIn:
        """Read this year's."""
        return self.paying_in.of(who, YEAR)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def house(request: pytest.FixtureRequest) -> House:
    if request.param == "postgres":
        db = opened(request.getfixturevalue("database"))
        return House(over(db), PostgresPayingIn(db), PostgresSubscriptions(db, None))
    desk, subscriptions = in_memory(), MemorySubscriptions()
    assert isinstance(desk.payments, MemoryPayments)
    assert isinstance(desk.refunds, MemoryRefunds)
    return House(desk, MemoryPayingIn(desk.payments, desk.refunds, subscriptions), subscriptions)


def running(who: PersonId, **changed: object) -> Subscription:
    wanted = offer("premium-monthly")
    terms, own = terms_of(wanted, SELLER, "KA"), SubscriptionId(person())
    one = Subscription(own, who, Book.RESEARCH, terms, "active", NOW, ordered=Ordered("x@1", 7))
    return replace(one, **changed)  # type: ignore[arg-type] # by name


def test_nobody_has_paid_anything_at_first(house: House) -> None:
    house.paid(person())
    assert house.of(person()) == PaidIn()


def test_money_for_the_wallet_and_for_research_counts_with_its_tax_and_nothing_else(house: House) -> None:
    who = person()
    house.paid(who, 1_000_00)
    sale = sold_within(999_00, SELLER, "KA")
    house.paid(who, line=Book.RESEARCH, purpose="subscription", sale=sale)
    house.paid(who, line=Book.RESEARCH, purpose="subscription", source="wallet")
    assert house.desk.payments.put(course(who), 0)
    house.paid(who, line=Book.COURSES, purpose="course")
    assert house.of(who) == PaidIn(1_999_00, 0)


def test_what_is_open_waits_and_what_lapsed_is_gone(house: House) -> None:
    who = person()
    house.paid(who, 300_00, status="opened", captured_at=None)
    house.paid(who, 400_00, status="opened", captured_at=None, opened_at=YEAR.start - timedelta(days=9))
    house.paid(who, 500_00, status="lapsed", captured_at=None)
    assert house.of(who) == PaidIn(0, 700_00)


def test_a_year_has_its_first_moment_and_not_that_of_the_next(house: House) -> None:
    who = person()
    for number, at in enumerate((YEAR.start - MOMENT, YEAR.start, YEAR.end - MOMENT, YEAR.end)):
        house.paid(who, 100_00 * 2**number, captured_at=at)
    assert house.of(who).paid == 600_00


def test_what_went_back_is_taken_off_once_it_is_completed(house: House) -> None:
    who = person()
    statuses: tuple[RefundStatus, ...] = (
        *("requested", "declined", "approved", "reversing", "compensated", "completed"),
    )
    for number, status in enumerate(statuses):
        house.back(house.paid(who), 100_00, status, number)
    assert house.of(who).paid == 6 * 1_000_00 - 100_00
    twice = house.paid(who)
    for number in (7, 8):
        house.back(twice, 200_00, "completed", number)
    assert house.of(who).paid == 7 * 1_000_00 - 500_00


def test_what_went_back_of_last_years_money_makes_no_room_in_this(house: House) -> None:
    who = person()
    house.back(house.paid(who, captured_at=YEAR.start - MOMENT), 1_000_00, "completed", 1)
    assert house.of(who) == PaidIn()


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ({"life": "pending"}, True), ({"life": "trialing"}, True), ({}, True), ({"life": "past_due"}, True),
        ({"life": "running_out"}, False), ({"life": "ended"}, False), ({"life": "abandoned"}, False),
        ({"line": Book.COURSES}, False),
    ],
)  # fmt: skip
def test_the_running_subscription_comes_whole(
    house: House, changed: dict[str, object], counts: object
) -> None:
    who = person()
    one = running(who, **changed)
    assert house.subscriptions.put(one, 0)
    assert house.subscriptions.put(running(person()), 0)
    assert house.of(who).subscription == (one if counts else None)


def test_a_lock_is_free_again_with_the_end_of_its_transaction(house: House) -> None:
    """That it holds is seen in tests/integration/payments/test_limit_races.py."""
    who = person()
    for _ in range(2):
        with house.desk.together():
            house.paying_in.lock(who)
            house.paying_in.lock(who)
    assert house.of(who) == PaidIn()
