"""Subscriptions and pages live by the platform's clock: a year in a moment, a restart in between."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from builders.stripe_gateway import Counter, counter
from kit.money import Money
from local.stripe.periods import boundary
from payments.errors.gateway import GatewayMisused
from payments.model.gateway import CheckoutOrder, PriceOrder, SubscriptionOrder, SubscriptionRef

_DAY = 86_400
_URL = "https://app.example/"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as running:
        yield running


def subscribed(gateway: Counter, number: str = "4242424242424242", trial: int = 0) -> SubscriptionRef:
    customer = gateway.payments.customer("u", "u@example.com", key="c")
    price = gateway.subscriptions.price(PriceOrder("premium", "Premium", Money(99900), "month"), key="p")
    order = SubscriptionOrder("s", customer, price, _URL, _URL, trial)
    page = gateway.subscriptions.open_subscription(order, key="s")
    assert page.address is not None
    assert gateway.click(page.address, number=number)[0] == 303
    found = gateway.reader.checkout(page.ref)
    assert found is not None
    assert found.subscription is not None
    return found.subscription


def test_a_year_renews_twelve_times_whole_and_without_a_gap(gateway: Counter) -> None:
    ref = subscribed(gateway)
    gateway.later(366 * _DAY)
    invoices = gateway.reader.invoices(ref)[::-1]
    assert len(invoices) == 13
    assert {(each.status, each.paid) for each in invoices} == {("paid", Money(99900))}
    assert all(a.period_end == b.period_start for a, b in pairwise(invoices))


def test_a_renewal_is_told_with_its_invoice(gateway: Counter) -> None:
    subscribed(gateway)
    gateway.deliver()
    gateway.sent.clear()
    gateway.later(32 * _DAY)
    gateway.run(lambda server: server.api.tick())
    gateway.deliver()
    told = " ".join(body.decode().partition('"type": "')[2].partition('"')[0] for body, _ in gateway.sent)
    for kind in (
        "invoice.created",
        "payment_intent.succeeded",
        "invoice.paid",
        "customer.subscription.updated",
    ):
        assert kind in told


def test_a_change_at_once_is_prorated_by_the_second(gateway: Counter) -> None:
    ref = subscribed(gateway)
    begun = gateway.reader.subscription(ref)
    assert begun is not None
    whole = (begun.period_end - begun.period_start).total_seconds()
    gateway.later(whole / 2)
    dearer = gateway.subscriptions.price(PriceOrder("big", "Enterprise", Money(999900), "month"), key="p2")
    gateway.subscriptions.change_price(ref, dearer, "at_once", key="u")
    newest, *_ = gateway.reader.invoices(ref)
    assert abs(newest.due.amount - (999900 - 99900) // 2) < 10
    assert newest.status == "paid"


def test_a_cheaper_price_is_carried_to_the_next_invoice(gateway: Counter) -> None:
    ref = subscribed(gateway)
    cheaper = gateway.subscriptions.price(PriceOrder("small", "Small", Money(9900), "month"), key="p2")
    gateway.subscriptions.change_price(ref, cheaper, "next_invoice", key="u")
    gateway.later(32 * _DAY)
    newest, *_ = gateway.reader.invoices(ref)
    assert newest.due == Money(0)  # what was paid too much covers it, and more


def test_a_page_nobody_pays_on_expires_after_a_day(gateway: Counter) -> None:
    customer = gateway.payments.customer("u", "u@example.com", key="c")
    order = CheckoutOrder("p", customer, Money(100), "Course", _URL, _URL)
    page = gateway.payments.open_checkout(order, key="p")
    gateway.later(_DAY + 1)
    found = gateway.reader.checkout(page.ref)
    assert found is not None
    assert found.status == "expired"


def test_a_subscription_that_is_not_there_is_our_defect(gateway: Counter) -> None:
    with pytest.raises(GatewayMisused):
        gateway.subscriptions.end_subscription(SubscriptionRef("sub_x"), at_once=True, key="e")


@pytest.mark.parametrize(
    ("interval", "number", "end"),
    [
        ("month", 1, datetime(2027, 2, 28, 12, tzinfo=UTC)),
        ("month", 2, datetime(2027, 3, 31, 12, tzinfo=UTC)),
        ("month", 13, datetime(2028, 2, 29, 12, tzinfo=UTC)),
        ("year", 1, datetime(2028, 1, 31, 12, tzinfo=UTC)),
        ("week", 1, datetime(2027, 2, 7, 12, tzinfo=UTC)),
        ("day", 1, datetime(2027, 2, 1, 12, tzinfo=UTC)),
    ],
)
def test_a_period_ends_on_the_day_it_began(interval: str, number: int, end: datetime) -> None:
    anchor = int(datetime(2027, 1, 31, 12, tzinfo=UTC).timestamp())
    assert boundary(anchor, {"interval": interval, "interval_count": 1}, number) == end.timestamp()
