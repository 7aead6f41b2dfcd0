"""The whole platform: a page paid, its webhooks doubled, shuffled, and the state read back by the worker."""

import json
from typing import Any
from urllib.request import Request, urlopen

import psycopg
import pytest

from builders.stripe_gateway import click
from fixtures.platform import RunningPlatform
from kit.money import Money
from local.stores.base import until
from payments.adapters.stripe import Stripe, StripePayments, StripeReader
from payments.model.gateway import CheckoutOrder, RefundOrder

pytestmark = pytest.mark.platform
_URL = "https://app.example/"


def control(platform: RunningPlatform, path: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(platform.controls + path, data=data), timeout=30) as answer:  # noqa: S310 - our own address
        return json.load(answer)


def test_a_payment_reaches_our_books_of_the_gateway_however_it_is_told(platform: RunningPlatform) -> None:
    told = control(platform, "/stripe")
    assert control(platform, "/status")["payment_gateway"]["label"] == "emulator"
    stripe = Stripe(lambda _fresh: told["api_key"], told["url"])
    ours = StripePayments(stripe)
    control(platform, "/stripe/deliveries", {"copies": 2, "shuffled": True, "paused": True})
    try:
        customer = ours.customer("u", "u@example.com", key="e2e-customer")
        order = CheckoutOrder("e2e-1", customer, Money(99900), "Course", _URL, _URL)
        page = ours.open_checkout(order, key="e2e-1")
        assert page.address is not None
        assert click(page.address, number="4000000000000002")[0] == 402
        assert click(page.address, number="4242424242424242")[0] == 303
        found = StripeReader(stripe).checkout(page.ref)
        assert found is not None
        assert found.payment is not None
        ours.refund(RefundOrder("e2e-r", found.payment, Money(40000)), key="e2e-r")
    finally:
        control(platform, "/stripe/deliveries", {"copies": 2, "shuffled": True, "paused": False})
    with psycopg.connect(platform.stores["postgres"], autocommit=True) as books:

        def kept() -> list[tuple[str, int]]:
            query = (
                "SELECT status, (state #>> '{payment,refunded,amount}')::int FROM payments.gateway_states"
                " WHERE own_id = 'e2e-1' AND kind = 'payment'"
            )
            return books.execute(query).fetchall()

        assert until(lambda: kept() == [("captured", 40000)], 60), kept()
        open_notices = (
            "SELECT count(*) FROM payments.gateway_notices WHERE settled_at IS NULL AND kind IS NOT NULL"
        )
        assert until(lambda: books.execute(open_notices).fetchone() == (0,), 60)
    mine = [
        each for each in control(platform, "/stripe/books")["payments"] if each["payment"] == found.payment
    ]
    assert [(each["captured"], each["refunded"]) for each in mine] == [(99900, 40000)]
    denied = control(platform, "/policy")["denied"]
    assert [each for each in denied if "payments" in each["role"]] == []
