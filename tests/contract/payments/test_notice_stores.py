"""Webhooks and read-back states: one contract in memory and in PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from fixtures.database import Databases
from kit import events
from kit.events.payment_events import GatewayNotified
from kit.money import Money
from payments.adapters.memory.notices import MemoryNotices, MemoryStates
from payments.adapters.postgres.notices import PostgresNotices, PostgresStates
from payments.model.gateway import (
    Checkout,
    CheckoutRef,
    CustomerRef,
    GatewayInvoice,
    GatewayPayment,
    GatewayRefund,
    GatewaySubscription,
    InvoiceRef,
    PaymentRef,
    PriceRef,
    RefundRef,
    SubscriptionRef,
)
from payments.model.notice import GatewayState, Notice, NoticeId, PaymentState, SubscriptionState
from payments.ports.notices import GatewayStates, Notices

AT = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
PAID = PaymentState(
    GatewayPayment(PaymentRef("pi_1"), "captured", Money(900), Money(900), Money(100), "pay-1"),
    (GatewayRefund(RefundRef("re_1"), PaymentRef("pi_1"), Money(100), "succeeded", "r-1"),),
)
SUBSCRIBED = SubscriptionState(
    GatewaySubscription(
        SubscriptionRef("sub_1"), "active", CustomerRef("cus_1"), PriceRef("price_1"), AT, AT, "s-1", AT
    ),
    (GatewayInvoice(InvoiceRef("in_1"), SubscriptionRef("sub_1"), "paid", Money(9), Money(9), AT, AT),),
)
PAGE = Checkout(CheckoutRef("cs_1"), "open", "pay-1", "https://pay.example/1", AT)


class Stores(NamedTuple):
    notices: Notices
    states: GatewayStates


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        return Stores(MemoryNotices(), MemoryStates())
    databases: Databases = request.getfixturevalue("database")
    db = databases("payments")
    return Stores(PostgresNotices(db, None), PostgresStates(db))


def notice(number: int = 1) -> Notice:
    return Notice(NoticeId(f"evt_{number}"), "payment_intent.succeeded", "payment", "pi_1", AT, AT, b"{}")


def told(version: int) -> events.Event[GatewayNotified]:
    fact = GatewayNotified(notice_id="evt_1", kind="payment", ref="pi_1", about="x", occurred_at=AT)
    return events.new(fact, subject="pi_1", version=version)


def test_a_notice_is_kept_once(stores: Stores) -> None:
    assert stores.notices.receive(notice(), told(1))
    assert not stores.notices.receive(notice(), told(2))
    assert stores.notices.receive(replace(notice(2), kind=None), None)
    assert not stores.notices.receive(replace(notice(2), kind=None), None)
    stores.notices.settle(NoticeId("evt_1"))
    stores.notices.settle(NoticeId("evt_absent"))


def test_numbers_only_grow(stores: Stores) -> None:
    versions = [stores.notices.next_version() for _ in range(3)]
    readings = [stores.states.next_reading() for _ in range(3)]
    assert versions == sorted(set(versions))
    assert readings == sorted(set(readings))


@pytest.mark.parametrize(("state", "ref"), [(PAID, "pi_1"), (SUBSCRIBED, "sub_1"), (PAGE, "cs_1")])
def test_a_state_comes_back_as_it_was_kept(stores: Stores, state: GatewayState, ref: str) -> None:
    assert stores.states.find(ref) is None
    assert stores.states.keep(state, 1)
    assert stores.states.find(ref) == state


def test_of_two_readings_the_later_one_stands(stores: Stores) -> None:
    later = PaymentState(replace(PAID.payment, refunded=Money(900)))
    assert stores.states.keep(later, 5)
    assert not stores.states.keep(PAID, 4)
    assert stores.states.find("pi_1") == later
    assert stores.states.keep(PAID, 5)
    assert stores.states.find("pi_1") == PAID


@pytest.mark.stores
def test_nothing_is_deleted_and_no_notice_is_changed(database: Databases) -> None:
    db = database("payments")
    PostgresNotices(db, None).receive(notice(), told(1))
    for command in (
        "DELETE FROM gateway_notices",
        "UPDATE gateway_notices SET subject = 'pi_2'",
        "DELETE FROM gateway_states",
    ):
        with pytest.raises(Exception, match="permission denied"):
            db.run(command, ())
    body = db.one("SELECT body FROM gateway_notices", ())
    PostgresNotices(db, None).settle(NoticeId("evt_1"))
    assert body is not None
    assert db.one("SELECT body, settled_at IS NULL FROM gateway_notices", ()) == (None, False)
