"""One contract for the payment gateway: in memory, and Stripe's adapter against the stand-in."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal, Protocol

import pytest

from builders.stripe_gateway import Counter, counter
from kit.money import Money
from local.stripe.controls import acted
from payments.adapters.memory.gateway import MemoryGateway
from payments.adapters.memory.gateway_bank import MemoryBank
from payments.adapters.memory.gateway_books import MemoryGatewayBooks
from payments.adapters.memory.gateway_subscriptions import MemorySubscriptions
from payments.adapters.stripe.books import StripeBooks
from payments.errors.gateway import (
    CustomerNeeded,
    GatewayMisused,
    PaymentDeclined,
    PaymentNotOpen,
    RefundRefused,
)
from payments.model.gateway import (
    ChargeOrder,
    Checkout,
    CheckoutOrder,
    CheckoutRef,
    CustomerRef,
    PaymentRef,
    PriceOrder,
    RefundOrder,
    SubscriptionOrder,
    SubscriptionRef,
)
from payments.model.reconciliation import BookEntry
from payments.ports.gateway import GatewayReader, PaymentGateway, SubscriptionGateway
from payments.ports.reconciling import GatewayBooks

Card = Literal["good", "declined", "asks", "fails_later"]
_NUMBERS: dict[Card, str] = {
    "good": "4242424242424242",
    "declined": "4000000000000002",
    "asks": "4000002760003184",
    "fails_later": "4000000000000341",
}
_DONE, _BACK = "https://app.example/done", "https://app.example/back"


class House(Protocol):
    """A gateway and the hand of its customer."""

    payments: PaymentGateway
    subscriptions: SubscriptionGateway
    reader: GatewayReader

    def pay(self, page: Checkout, card: Card) -> None: ...
    def subscribe(self, page: Checkout, card: Card) -> None: ...
    def renew(self, ref: SubscriptionRef) -> None: ...
    def bank(self, ref: PaymentRef, act: str) -> None: ...
    def books(self) -> GatewayBooks: ...


class MemoryHouse:
    def __init__(self) -> None:
        self.gateway = MemoryGateway()
        self.payments: PaymentGateway = self.gateway
        self.reader: GatewayReader = self.gateway
        self.hand = MemorySubscriptions(self.gateway)
        self.subscriptions: SubscriptionGateway = self.hand
        self.kept = MemoryGatewayBooks(self.gateway)

    def pay(self, page: Checkout, card: Card) -> None:
        self.gateway.pay(page.ref, card)

    def subscribe(self, page: Checkout, card: Card) -> None:
        self.hand.subscribe(page.ref, card)

    def renew(self, ref: SubscriptionRef) -> None:
        self.hand.renew(ref)

    def bank(self, ref: PaymentRef, act: str) -> None:
        bank = MemoryBank(self.gateway)
        if act == "dispute":
            bank.dispute(ref)
        elif act == "refuse":
            bank.refuse(self.gateway.refunds(ref)[0].ref)
        else:
            bank.decide(self.gateway.disputes(ref)[0].ref, won=act == "won")

    def books(self) -> GatewayBooks:
        return self.kept


class StripeHouse:
    def __init__(self, running: Counter) -> None:
        self.running = running
        self.payments: PaymentGateway = running.payments
        self.subscriptions: SubscriptionGateway = running.subscriptions
        self.reader: GatewayReader = running.reader

    def pay(self, page: Checkout, card: Card) -> None:
        assert page.address is not None
        status, _, shown = self.running.click(page.address, number=_NUMBERS[card])
        if card == "asks":
            assert "bank" in shown
            status, _, _ = self.running.click(page.address, action="authenticate")
        assert status == (402 if card == "declined" else 303)

    subscribe = pay

    def renew(self, ref: SubscriptionRef) -> None:
        known = self.reader.subscription(ref)
        assert known is not None
        ahead = known.period_end.timestamp() - self.running.run(lambda server: server.world.now())
        self.running.later(ahead + 2)

    def bank(self, ref: PaymentRef, act: str) -> None:
        self.running.run(lambda server: acted(server, ref, act))

    def books(self) -> GatewayBooks:
        return StripeBooks(self.running.stripe())


@pytest.fixture(params=["memory", "stripe"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    if request.param == "memory":
        yield MemoryHouse()
        return
    with counter(tmp_path) as running:
        yield StripeHouse(running)


def rupees(amount: int) -> Money:
    return Money(amount * 100)


def asha(house: House) -> CustomerRef:
    return house.payments.customer("user-1", "asha@example.com", key="customer-1")


def order(
    house: House, payment_id: str = "pay-1", *, keep: bool = False, hold: bool = False
) -> CheckoutOrder:
    return CheckoutOrder(payment_id, asha(house), rupees(999), "Course", _DONE, _BACK, keep, hold)


def paid(house: House, payment_id: str = "pay-1", *, hold: bool = False) -> PaymentRef:
    page = house.payments.open_checkout(order(house, payment_id, hold=hold), key=payment_id)
    house.pay(page, "good")
    found = house.reader.checkout(page.ref)
    assert found is not None
    assert found.payment is not None
    return found.payment


def card(house: House, kind: Card) -> str:
    page = house.payments.open_checkout(order(house, f"kept-{kind}", keep=True), key=f"kept-{kind}")
    house.pay(page, kind)
    return house.payments.cards(asha(house))[0]


def test_a_user_is_one_customer_however_often_asked(house: House) -> None:
    assert asha(house) == house.payments.customer("user-1", "asha@example.com", key="another")
    assert asha(house) != house.payments.customer("user-2", "ravi@example.com", key="customer-2")


def test_a_page_is_opened_once_for_its_key_and_paid_in_full(house: House) -> None:
    page = house.payments.open_checkout(order(house), key="k")
    assert house.payments.open_checkout(order(house), key="k").ref == page.ref
    assert (page.status, page.reference, page.payment) == ("open", "pay-1", None)
    house.pay(page, "good")
    closed = house.reader.checkout(page.ref)
    assert closed is not None
    assert closed.payment is not None
    assert (closed.status, closed.address) == ("complete", None)
    payment = house.reader.payment(closed.payment)
    assert payment is not None
    assert (payment.status, payment.captured, payment.payment_id) == ("captured", rupees(999), "pay-1")
    assert (payment.refunded, payment.decline) == (rupees(0), None)


def test_what_the_gateway_keeps_is_known_with_the_capture(house: House) -> None:
    """The emulator and the memory take 2 % and 18 % GST on them."""
    page = house.payments.open_checkout(order(house), key="k")
    house.pay(page, "declined")
    found = house.reader.checkout(page.ref)
    assert found is not None
    assert found.payment is not None
    declined = house.reader.payment(found.payment)
    assert declined is not None
    assert declined.fee is None
    held = paid(house, "pay-2", hold=True)
    authorized = house.reader.payment(held)
    assert authorized is not None
    assert authorized.fee is None
    house.payments.capture(held, key="c")
    for ref in (held, paid(house, "pay-3")):
        taken = house.reader.payment(ref)
        assert taken is not None
        assert taken.fee == Money(23_58)


def test_a_declined_card_leaves_the_page_open_and_the_payment_failed(house: House) -> None:
    page = house.payments.open_checkout(order(house), key="k")
    house.pay(page, "declined")
    found = house.reader.checkout(page.ref)
    assert found is not None
    assert found.payment is not None
    assert found.status == "open"
    payment = house.reader.payment(found.payment)
    assert payment is not None
    assert (payment.status, payment.decline, payment.captured) == ("failed", "generic_decline", rupees(0))


def test_a_page_that_asks_for_three_d_secure_is_paid_after_it(house: House) -> None:
    page = house.payments.open_checkout(order(house), key="k")
    house.pay(page, "asks")
    found = house.reader.checkout(page.ref)
    assert found is not None
    assert found.status == "complete"


def test_a_page_can_be_closed_until_it_is_paid(house: House) -> None:
    page = house.payments.open_checkout(order(house), key="k")
    assert house.payments.expire_checkout(page.ref, key="e").status == "expired"
    assert house.payments.expire_checkout(page.ref, key="e2").status == "expired"
    other = house.payments.open_checkout(order(house, "pay-2"), key="k2")
    house.pay(other, "good")
    with pytest.raises(PaymentNotOpen):
        house.payments.expire_checkout(other.ref, key="e3")
    with pytest.raises(PaymentNotOpen):
        house.payments.expire_checkout(CheckoutRef("cs_test_absent"), key="e4")


def test_a_key_that_meant_another_order_is_our_defect(house: House) -> None:
    house.payments.open_checkout(order(house), key="k")
    with pytest.raises(GatewayMisused):
        house.payments.open_checkout(order(house, "pay-2"), key="k")


def test_an_authorisation_is_captured_or_released_and_stays_so(house: House) -> None:
    held = paid(house, hold=True)
    found = house.reader.payment(held)
    assert found is not None
    assert (found.status, found.captured) == ("authorized", rupees(0))
    assert house.payments.capture(held, key="c").captured == rupees(999)
    assert house.payments.capture(held, key="c2").status == "captured"
    with pytest.raises(PaymentNotOpen):
        house.payments.cancel(held, key="x")
    other = paid(house, "pay-2", hold=True)
    assert house.payments.cancel(other, key="x2").status == "cancelled"
    with pytest.raises(PaymentNotOpen):
        house.payments.capture(other, key="c3")


def test_refunds_in_part_never_exceed_what_was_paid(house: House) -> None:
    ref = paid(house)
    first = house.payments.refund(RefundOrder("r-1", ref, rupees(400)), key="r-1")
    assert house.payments.refund(RefundOrder("r-1", ref, rupees(400)), key="r-1").ref == first.ref
    with pytest.raises(RefundRefused):
        house.payments.refund(RefundOrder("r-2", ref, rupees(600)), key="r-2")
    rest = house.payments.refund(RefundOrder("r-3", ref, rupees(599)), key="r-3")
    with pytest.raises(RefundRefused):
        house.payments.refund(RefundOrder("r-4", ref, Money(1)), key="r-4")
    assert [each.ref for each in house.reader.refunds(ref)] == [rest.ref, first.ref]
    assert (rest.status, rest.refund_id) == ("succeeded", "r-3")
    payment = house.reader.payment(ref)
    assert payment is not None
    assert payment.refunded == rupees(999)


def test_a_kept_card_is_charged_without_the_customer(house: House) -> None:
    kept = card(house, "good")
    ours = ChargeOrder("later-1", asha(house), kept, rupees(2999), "Renewal")
    found = house.payments.charge(ours, key="later-1")
    assert (found.status, found.captured, found.payment_id) == ("captured", rupees(2999), "later-1")
    assert house.payments.charge(ours, key="later-1").ref == found.ref


@pytest.mark.parametrize(("kind", "refusal"), [("fails_later", PaymentDeclined), ("asks", CustomerNeeded)])
def test_a_kept_card_may_refuse_later_and_refuses_the_same_key_again(
    house: House, kind: Card, refusal: type[PaymentDeclined]
) -> None:
    ours = ChargeOrder("later-1", asha(house), card(house, kind), rupees(2999), "Renewal")
    for _ in range(2):
        with pytest.raises(refusal) as refused:
            house.payments.charge(ours, key="later-1")
        found = house.reader.payment(PaymentRef(refused.value.ref))
        assert found is not None
        assert (found.status, found.payment_id) == ("failed", "later-1")


def test_what_is_not_there_is_none(house: House) -> None:
    assert house.reader.payment(PaymentRef("pi_absent")) is None
    assert house.reader.checkout(CheckoutRef("cs_test_absent")) is None
    assert house.reader.subscription(SubscriptionRef("sub_absent")) is None
    assert house.reader.invoices(SubscriptionRef("sub_absent")) == ()


def _premium(name: str = "premium", amount: int = 999) -> PriceOrder:
    return PriceOrder(name, "Premium", rupees(amount), "month")


def _subscribed(house: House, card_kind: Card = "good", *, trial: int = 0) -> SubscriptionRef:
    price = house.subscriptions.price(_premium(), key="price")
    wanted = SubscriptionOrder("sub-1", asha(house), price, _DONE, _BACK, trial)
    page = house.subscriptions.open_subscription(wanted, key="sub-1")
    assert house.subscriptions.open_subscription(wanted, key="sub-1").ref == page.ref
    house.subscribe(page, card_kind)
    found = house.reader.checkout(page.ref)
    assert found is not None
    assert found.subscription is not None
    assert found.status == "complete"
    return found.subscription


def test_a_price_is_one_by_its_name_and_never_costs_otherwise(house: House) -> None:
    ref = house.subscriptions.price(_premium(), key="a")
    assert house.subscriptions.price(_premium(), key="b") == ref
    with pytest.raises(GatewayMisused):
        house.subscriptions.price(_premium(amount=1), key="c")


def test_a_subscription_begins_paid_and_renews_with_an_invoice_a_period(house: House) -> None:
    ref = _subscribed(house)
    begun = house.reader.subscription(ref)
    assert begun is not None
    assert (begun.status, begun.subscription_id, begun.ends) == (
        "active",
        "sub-1",
        None,
    )
    assert timedelta(days=27) < begun.period_end - begun.period_start < timedelta(days=32)
    (first,) = house.reader.invoices(ref)
    assert (first.status, first.due, first.paid) == ("paid", rupees(999), rupees(999))
    assert first.payment is not None
    house.renew(ref)
    renewed = house.reader.subscription(ref)
    assert renewed is not None
    assert (renewed.status, renewed.period_start) == ("active", begun.period_end)
    second, *_ = house.reader.invoices(ref)
    assert (second.status, second.period_start, second.period_end) == (
        "paid",
        renewed.period_start,
        renewed.period_end,
    )


def test_a_trial_costs_nothing_until_it_is_over(house: House) -> None:
    ref = _subscribed(house, trial=7)
    begun = house.reader.subscription(ref)
    assert begun is not None
    assert begun.status == "trialing"
    assert [each.due for each in house.reader.invoices(ref)] == [rupees(0)]
    house.renew(ref)
    found = house.reader.subscription(ref)
    assert found is not None
    assert found.status == "active"
    assert [each.paid for each in house.reader.invoices(ref)] == [rupees(999), rupees(0)]


def test_a_renewal_that_fails_is_past_due_with_an_open_invoice(house: House) -> None:
    ref = _subscribed(house, "fails_later")
    house.renew(ref)
    found = house.reader.subscription(ref)
    owed, *_ = house.reader.invoices(ref)
    assert found is not None
    assert (found.status, owed.status, owed.paid) == ("past_due", "open", rupees(0))
    with pytest.raises(PaymentDeclined):
        house.subscriptions.pay_invoice(owed.ref, key="dun-1")
    card(house, "good")
    assert house.subscriptions.pay_invoice(owed.ref, key="dun-2").status == "paid"
    assert house.subscriptions.pay_invoice(owed.ref, key="dun-3").status == "paid"
    again = house.reader.subscription(ref)
    assert again is not None
    assert again.status == "active"


def test_an_end_with_the_period_can_be_taken_back_and_one_at_once_cannot(house: House) -> None:
    ref = _subscribed(house)
    ending = house.subscriptions.end_subscription(ref, at_once=False, key="e1")
    assert (ending.status, ending.ends) == ("active", ending.period_end)
    assert house.subscriptions.resume_subscription(ref, key="e2").ends is None
    house.subscriptions.end_subscription(ref, at_once=False, key="e3")
    house.renew(ref)
    ended = house.reader.subscription(ref)
    assert ended is not None
    assert ended.status == "ended"
    assert house.subscriptions.end_subscription(ref, at_once=True, key="e4").status == "ended"
    with pytest.raises(PaymentNotOpen):
        house.subscriptions.resume_subscription(ref, key="e5")


def test_another_price_holds_from_the_next_period_on(house: House) -> None:
    ref = _subscribed(house)
    dearer = house.subscriptions.price(_premium("enterprise", 9999), key="p2")
    changed = house.subscriptions.change_price(ref, dearer, "none", key="u1")
    assert changed.price == dearer
    assert house.subscriptions.change_price(ref, dearer, "none", key="u2").price == dearer
    house.renew(ref)
    newest, *_ = house.reader.invoices(ref)
    assert newest.due == rupees(9999)


def test_a_period_begun_anew_costs_the_new_price_less_what_the_old_one_held(house: House) -> None:
    ref = _subscribed(house)
    begun = house.reader.subscription(ref)
    assert begun is not None
    dearer = house.subscriptions.price(_premium("enterprise", 9999), key="p2")
    told = house.subscriptions.preview(ref, dearer)
    assert told is not None
    changed = house.subscriptions.change_price(ref, dearer, "anew", key="u1")
    assert (changed.price, changed.status) == (dearer, "active")
    newest, first = house.reader.invoices(ref)
    assert (first.price, newest.price) == (begun.price, dearer)
    assert (newest.status, newest.period_start) == ("paid", changed.period_start)
    assert newest.paid_at is not None
    assert abs(newest.paid.amount - told.total.amount) < 50
    assert abs(newest.paid.amount - 9000_00) < 50
    assert house.subscriptions.change_price(ref, dearer, "anew", key="u1").period_end == changed.period_end


def test_what_is_left_over_is_carried_to_later_invoices(house: House) -> None:
    ref = _subscribed(house)
    house.subscriptions.change_price(
        ref, house.subscriptions.price(_premium("big", 9999), key="p2"), "anew", key="u1"
    )
    house.subscriptions.change_price(
        ref, house.subscriptions.price(_premium("premium"), key="p"), "anew", key="u2"
    )
    upcoming = house.subscriptions.preview(ref)
    assert upcoming is not None
    emptied, *_ = house.reader.invoices(ref)
    assert emptied.credit is not None
    assert (emptied.due, upcoming.total) == (rupees(0), rupees(999) - emptied.credit)
    assert abs(upcoming.total.amount - (999 * 2 - 9999) * 100) < 50
    house.renew(ref)
    newest, *_ = house.reader.invoices(ref)
    assert (newest.status, newest.due, newest.paid, newest.payment) == ("paid", rupees(0), rupees(0), None)


@pytest.mark.parametrize(("kind", "refusal"), [("fails_later", PaymentDeclined), ("asks", CustomerNeeded)])
def test_a_period_that_is_not_paid_does_not_begin_anew(
    house: House, kind: Card, refusal: type[PaymentDeclined]
) -> None:
    ref = _subscribed(house, kind)
    begun = house.reader.subscription(ref)
    dearer = house.subscriptions.price(_premium("enterprise", 9999), key="p2")
    with pytest.raises(refusal):
        house.subscriptions.change_price(ref, dearer, "anew", key="u1")
    assert house.reader.subscription(ref) == begun
    assert [each.status for each in house.reader.invoices(ref) if each.status == "open"] == []


def test_what_ends_has_no_next_invoice(house: House) -> None:
    ref = _subscribed(house)
    assert house.subscriptions.preview(ref) is not None
    house.subscriptions.end_subscription(ref, at_once=False, key="e1")
    assert house.subscriptions.preview(ref) is None


def test_a_dispute_moves_money_and_is_decided(house: House) -> None:
    for act in ("won", "lost"):
        ref = paid(house, f"pay-{act}")
        house.bank(ref, "dispute")
        (one,) = house.reader.disputes(ref)
        assert (one.status, one.outstanding, [each.fee.amount for each in one.movements]) == (
            "open",
            one.amount.amount,
            [1_500_00],
        )
        found = house.reader.payment(ref)
        assert found is not None
        assert found.disputed
        house.bank(ref, act)
        (one,) = house.reader.disputes(ref)
        assert one.status == act
        assert one.outstanding == (0 if act == "won" else one.amount.amount)


def test_a_refund_the_bank_refuses_is_failed_and_counts_no_more(house: House) -> None:
    ref = paid(house, "pay-refused")
    made = house.payments.refund(RefundOrder("r-1", ref, rupees(100)), key="r-1")
    house.bank(ref, "refuse")
    (one,) = house.reader.refunds(ref)
    assert (one.ref, one.status, one.refund_id) == (made.ref, "failed", "r-1")
    found = house.reader.payment(ref)
    assert found is not None
    assert found.refunded == rupees(0)


def test_the_gateways_books_are_read_in_order_from_where_one_stopped(house: House) -> None:
    """Every movement is an entry, once, oldest first; what it is about and what it cost stands in it."""
    books = house.books()
    ref = paid(house, "pay-books")
    first = books.entries(None, 1)
    assert [each.kind for each in first] == ["payment"]
    made = house.payments.refund(RefundOrder("r-2", ref, rupees(100)), key="r-2")
    house.bank(ref, "refuse")
    house.bank(ref, "dispute")
    house.bank(ref, "won")
    rest: list[BookEntry] = []
    last = first[-1].ref
    while page := books.entries(last, 2):
        rest += page
        last = page[-1].ref
    assert [(each.kind, each.amount, each.fee) for each in rest] == [
        ("refund", -100_00, 0),
        ("refund", 100_00, 0),
        ("dispute", -first[0].amount, 1_500_00),
        ("dispute", first[0].amount, 0),
    ]
    (dispute,) = house.reader.disputes(ref)
    assert [each.about for each in rest] == [made.ref, made.ref, dispute.ref, dispute.ref]
    assert {each.payment for each in (*first, *rest)} == {ref}
    assert all(each.net == each.amount - each.fee for each in (*first, *rest))
    assert first[0].fee > 0
