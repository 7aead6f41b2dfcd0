"""The hosted page: what a person sees and clicks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.stripe_gateway import Counter, counter
from kit.money import Money
from payments.model.gateway import CheckoutOrder

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
