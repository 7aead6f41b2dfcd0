"""Webhooks at the door, and what is read back: in whatever order, however often."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.webhooks import SECRET, event, signed
from kit.money import Money
from payments.adapters.memory.gateway import MemoryGateway
from payments.adapters.memory.gateway_subscriptions import MemorySubscriptions
from payments.adapters.memory.notices import MemoryNotices, MemoryStates, ref_of
from payments.errors.gateway import NoticeUnreadable, SignatureInvalid
from payments.model.gateway import (
    CheckoutOrder,
    CheckoutRef,
    GatewayPayment,
    PaymentRef,
    PriceOrder,
    SubscriptionOrder,
    SubscriptionRef,
)
from payments.model.notice import PaymentState
from payments.service.notices import Door, ReadBack


def door(notices: MemoryNotices | None = None) -> Door:
    return Door(notices or MemoryNotices(), lambda: [SECRET])


def test_an_authentic_webhook_is_kept_and_told_once() -> None:
    notices = MemoryNotices()
    body = event(7)
    assert door(notices).receive(body, signed(body)) is True
    assert door(notices).receive(body, signed(body)) is False
    (told,) = notices.told
    assert (told.subject, told.data.kind, told.data.ref) == ("pi_1", "payment", "pi_1")
    assert told.data.occurred_at == datetime.fromtimestamp(1_774_000_007, UTC)
    assert notices.kept[told.data.notice_id].body == body  # type: ignore[index]  # an id by construction


def test_a_forged_webhook_is_refused_and_leaves_nothing() -> None:
    notices = MemoryNotices()
    with pytest.raises(SignatureInvalid):
        door(notices).receive(event(), signed(event(), "another secret"))
    assert notices.kept == {}


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b'"evt"', b"\xff", b"[" * 5000, json.dumps({"id": "evt_1", "type": "x"}).encode()]
    + [
        json.dumps({"id": i, "type": "x", "created": 1, "data": {"object": {}}}).encode()
        for i in ("x", "evt_é")
    ]
    + [json.dumps({"id": "evt_1", "type": "x", "created": 10**18, "data": {"object": {}}}).encode()],
)
def test_what_is_signed_and_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(NoticeUnreadable):
        door().receive(body, signed(body))


@pytest.mark.parametrize(
    ("kind", "found", "subject"),
    [
        ("payment_intent.created", {"id": "pi_2"}, ("payment", "pi_2")),
        ("charge.succeeded", {"id": "ch_1", "payment_intent": "pi_2"}, ("payment", "pi_2")),
        ("charge.dispute.created", {"id": "dp_1", "payment_intent": "pi_2"}, ("payment", "pi_2")),
        ("refund.created", {"id": "re_1", "payment_intent": "pi_2"}, ("payment", "pi_2")),
        ("checkout.session.completed", {"id": "cs_1"}, ("checkout", "cs_1")),
        ("customer.subscription.updated", {"id": "sub_1"}, ("subscription", "sub_1")),
        (
            "invoice.paid",
            {"id": "in_1", "parent": {"subscription_details": {"subscription": "sub_1"}}},
            ("subscription", "sub_1"),
        ),
    ],
)
def test_every_event_names_what_is_to_be_read_back(
    kind: str, found: dict[str, Any], subject: tuple[str, str]
) -> None:
    notices = MemoryNotices()
    body = event(1, kind, **found)
    door(notices).receive(body, signed(body))
    assert (notices.told[0].data.kind, notices.told[0].data.ref) == subject


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("product.created", {"id": "prod_1"}),
        ("customer.created", {"id": "cus_1"}),
        ("charge.succeeded", {"id": "ch_1", "payment_intent": None}),
        ("invoice.paid", {"id": "in_1", "parent": None}),
        ("invoice.paid", {"id": "in_1", "parent": {"subscription_details": None}}),
        ("payment_intent.created", {"id": 5}),
        ("checkout.session.completed", {"id": "../../etc"}),
    ],
)
def test_what_nothing_of_ours_hangs_on_is_kept_and_nobody_is_told(kind: str, found: dict[str, Any]) -> None:
    notices = MemoryNotices()
    body = event(1, kind, **found)
    assert door(notices).receive(body, signed(body))
    assert (len(notices.kept), notices.told) == (1, [])


def test_a_complete_page_brings_what_was_bought_on_it() -> None:
    gateway = MemoryGateway()
    customer = gateway.customer("u", "u@example.com", key="c")
    page = gateway.open_checkout(CheckoutOrder("p", customer, Money(100), "x", "s", "c"), key="p")
    assert [ref_of(each) for each in ReadBack(gateway).read("checkout", page.ref)] == [page.ref]
    gateway.pay(page.ref)
    read = ReadBack(gateway).read("checkout", page.ref)
    assert [ref_of(each) for each in read] == [page.ref, gateway.checkouts[page.ref].payment]


def test_a_subscription_is_read_with_its_invoices() -> None:
    gateway = MemoryGateway()
    hand = MemorySubscriptions(gateway)
    customer = gateway.customer("u", "u@example.com", key="c")
    price = hand.price(PriceOrder("premium", "Premium", Money(99900), "year"), key="p")
    page = hand.open_subscription(SubscriptionOrder("s", customer, price, "s", "c"), key="s")
    hand.subscribe(page.ref)
    ref = gateway.checkouts[page.ref].subscription
    assert ref is not None
    (state,) = ReadBack(gateway).read("subscription", ref)
    assert state.invoices[0].paid == Money(99900)  # type: ignore[union-attr]  # a subscription's state
    assert [ref_of(each) for each in ReadBack(gateway).read("checkout", page.ref)] == [page.ref, ref]


def test_what_the_gateway_does_not_know_changes_nothing() -> None:
    read = ReadBack(MemoryGateway())
    assert read.read("payment", PaymentRef("pi_x")) == ()
    assert read.read("checkout", CheckoutRef("cs_x")) == ()
    assert read.read("subscription", SubscriptionRef("sub_x")) == ()


def payment(captured: int) -> PaymentState:
    return PaymentState(GatewayPayment(PaymentRef("pi_1"), "pending", Money(9), Money(captured), Money(0)))


@settings(max_examples=300)
@given(st.data())
def test_the_last_change_stands_however_readings_interleave(data: st.DataObject) -> None:
    """Workers read at once: each takes its number, looks, and writes when it happens to; all orders end alike."""
    states, at_gateway, changes = MemoryStates(), 0, data.draw(st.integers(1, 5))
    owed: list[int] = []  # notices not yet taken up
    begun: list[tuple[int, int | None]] = []  # number of the reading, what it saw
    while changes or owed or begun:
        steps = ["change"] * bool(changes) + ["begin"] * bool(owed) + ["go on"] * bool(begun)
        step = data.draw(st.sampled_from(steps))
        if step == "change":
            at_gateway, changes = at_gateway + 1, changes - 1
            owed += [at_gateway] * data.draw(st.integers(1, 2))  # told once or twice
        elif step == "begin":
            owed.pop(data.draw(st.integers(0, len(owed) - 1)))
            begun.append((states.next_reading(), None))
        else:
            number, saw = begun.pop(data.draw(st.integers(0, len(begun) - 1)))
            if saw is None:
                begun.append((number, at_gateway))
            else:
                states.keep(payment(saw), number)
    assert states.find("pi_1") == payment(at_gateway)
