"""The hosted page: what a person sees and clicks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.stripe_gateway import Counter, counter
from kit.money import Money
from payments.model.gateway import CheckoutOrder, GatewayInvoice, PriceOrder, SubscriptionOrder

_DONE, _BACK = "https://app.example/done?s={CHECKOUT_SESSION_ID}", "https://app.example/back"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as running:
        yield running


@pytest.fixture
def page(gateway: Counter) -> str:
    customer = gateway.payments.customer("u", "u@example.com", key="c")
    order = CheckoutOrder("p", customer, Money(2999_00), "<b>Options</b> & more", _DONE, _BACK)
    address = gateway.payments.open_checkout(order, key="p").address
    assert address is not None
    return address


def test_it_shows_what_is_bought_and_that_it_is_an_emulator(gateway: Counter, page: str) -> None:
    status, _, shown = gateway.click(page)
    assert status == 200
    assert "₹2,999.00" in shown
    assert "&lt;b&gt;Options&lt;/b&gt; &amp; more" in shown
    assert "emulator" in shown


def test_paying_leads_back_with_the_page_s_id(gateway: Counter, page: str) -> None:
    status, where, _ = gateway.click(page, number="4242 4242 4242 4242")
    assert (status, where) == (303, f"https://app.example/done?s={page.rpartition('/')[2]}")
    assert "was paid" in gateway.click(page)[2]
    assert gateway.click(page, number="4242424242424242")[0] == 402  # twice is not paid twice


def test_cancelling_leads_back_and_leaves_the_page_open(gateway: Counter, page: str) -> None:
    assert gateway.click(page, action="cancel")[:2] == (303, _BACK)
    assert gateway.click(page, number="4242424242424242")[0] == 303


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("4000000000000002", "was declined"),
        ("4000000000009995", "insufficient funds"),
        ("1234", "test cards"),
    ],
)
def test_a_decline_says_why_and_lets_try_again(gateway: Counter, page: str, number: str, words: str) -> None:
    status, _, shown = gateway.click(page, number=number)
    assert status == 402
    assert words in shown
    assert gateway.click(page, number="4242424242424242")[0] == 303


def test_three_d_secure_can_be_refused_and_passed(gateway: Counter, page: str) -> None:
    assert "whether it is you" in gateway.click(page, number="4000002760003184")[2]
    status, _, shown = gateway.click(page, action="fail_authentication")
    assert (status, "failed authentication" in shown) == (402, True)
    gateway.click(page, number="4000002760003184")
    assert gateway.click(page, action="authenticate")[0] == 303


def test_there_is_no_other_page(gateway: Counter, page: str) -> None:
    assert gateway.click(page.rpartition("/")[0] + "/cs_test_x")[0] == 404
    assert gateway.click(gateway.server.url + "/")[0] == 404
    assert gateway.click(gateway.server.url + "/3ds/pi_x")[0] == 404


def owed(gateway: Counter, number: str) -> GatewayInvoice:
    """Return the open invoice of a renewal that the card of ``number`` did not pay."""
    customer = gateway.payments.customer("u", "u@example.com", key="c")
    price = gateway.subscriptions.price(PriceOrder("premium", "Premium", Money(99900), "month"), key="p")
    order = SubscriptionOrder("s", customer, price, _DONE, _BACK)
    page = gateway.subscriptions.open_subscription(order, key="s")
    assert page.address is not None
    gateway.click(page.address, number=number)
    gateway.click(page.address, action="authenticate")
    found = gateway.reader.checkout(page.ref)
    assert found is not None
    assert found.subscription is not None
    gateway.later(32 * 86_400)
    newest, *_ = gateway.reader.invoices(found.subscription)
    assert (newest.status, newest.paid_at) == ("open", None)
    return newest


def test_an_invoice_the_card_did_not_pay_is_paid_by_hand_and_the_card_is_kept(gateway: Counter) -> None:
    invoice = owed(gateway, "4000000000000341")
    assert invoice.address is not None
    assert "Pay ₹999.00" in gateway.click(invoice.address)[2]
    assert gateway.click(invoice.address, number="4000000000000002")[0] == 402
    assert gateway.click(invoice.address, number="4242424242424242")[0] == 200
    assert "Thank you" in gateway.click(invoice.address)[2]
    known = gateway.reader.subscription(invoice.subscription)
    assert known is not None
    assert known.status == "active"
    gateway.later(32 * 86_400)
    newest, paid, *_ = gateway.reader.invoices(invoice.subscription)
    assert (newest.status, paid.ref, paid.status) == ("paid", invoice.ref, "paid")


def test_a_bank_that_asks_each_time_is_answered_on_the_invoices_page(gateway: Counter) -> None:
    invoice = owed(gateway, "4000002760003184")
    assert invoice.address is not None
    assert "bank" in gateway.click(invoice.address, number="4000002760003184")[2]
    assert gateway.click(invoice.address, action="fail_authentication")[0] == 402
    gateway.click(invoice.address, number="4000002760003184")
    gateway.click(invoice.address, action="authenticate")
    newest, *_ = gateway.reader.invoices(invoice.subscription)
    assert (newest.status, newest.paid) == ("paid", Money(99900))
