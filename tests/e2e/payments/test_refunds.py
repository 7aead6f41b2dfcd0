"""The whole platform: a refund from its request to the credit note, one the bank refuses later, a dispute."""

from functools import partial
from typing import Any

import pytest
import requests

from builders.buyer import Customer
from builders.stripe_gateway import click
from fixtures.platform import RunningPlatform
from kit.ids import uuid7
from local.stores.base import until

pytestmark = pytest.mark.platform


class Admin:
    """Decides, and looks at what the reconciler found."""

    def __init__(self, platform: RunningPlatform) -> None:
        self._base = f"{platform.api}/api/v1"
        known = requests.get(f"{platform.controls}/admin", timeout=30).json()
        login = {"email": known["email"], "password": known["password"]}
        token = requests.post(f"{self._base}/auth/login", json=login, timeout=30).json()["access_token"]
        self._signed = {"Authorization": f"Bearer {token}"}

    def read(self, path: str) -> Any:
        return requests.get(f"{self._base}{path}", headers=self._signed, timeout=30).json()

    def approve(self, refund: str) -> None:
        headers = {**self._signed, "If-Match": '"v1"', "Idempotency-Key": uuid7()}
        done = requests.post(f"{self._base}/refunds/{refund}/approve", headers=headers, timeout=30)
        assert done.status_code == 200, done.text


def bought(asha: Customer, sku: str) -> str:
    opened = asha.open({"sku": sku})
    assert click(opened["address"], number="4242424242424242")[0] == 303
    assert until(partial(asha.owns, sku), 60)
    return str(opened["id"])


def reference(platform: RunningPlatform, payment: str) -> str:
    books = requests.get(f"{platform.controls}/stripe/books", timeout=30).json()
    return next(str(one["payment"]) for one in books["payments"] if one["metadata"]["treum_id"] == payment)


def bank(platform: RunningPlatform, payment: str, act: str) -> None:
    wish = {"payment": reference(platform, payment), "act": act}
    done = requests.post(f"{platform.controls}/stripe/bank", json=wish, timeout=30)
    assert done.status_code == 200, done.text


def is_so(asha: Customer, refund: str, status: str) -> bool:
    return bool(asha.read(f"/refunds/{refund}")["status"] == status)


def test_money_goes_back_comes_back_and_the_books_agree(platform: RunningPlatform) -> None:
    asha, admin, sku = Customer(platform), Admin(platform), "course-options-basics"
    payment = bought(asha, sku)
    assert asha.read(f"/payments/{payment}/refund-quote")["amount"]["amount"] == 249_900
    asked = asha.send(
        "POST", f"/payments/{payment}/refunds", {"reason": "Not for me"}, **{"Idempotency-Key": "r"}
    )
    assert asked.status_code == 201, asked.text
    refund = asked.json()["id"]

    admin.approve(refund)

    assert until(partial(is_so, asha, refund, "completed"), 90), asha.read(f"/refunds/{refund}")
    assert {step["state"] for step in asha.read(f"/refunds/{refund}")["steps"]} == {"done"}
    assert until(lambda: not asha.owns(sku), 30)
    assert until(lambda: "credit_note" in {one["kind"] for one in asha.read("/invoices")["items"]}, 60)

    bank(platform, payment, "refuse")

    assert until(partial(is_so, asha, refund, "compensated"), 180), asha.read(f"/refunds/{refund}")
    assert until(partial(asha.owns, sku), 30)


def test_a_dispute_suspends_until_the_bank_decides(platform: RunningPlatform) -> None:
    asha, sku = Customer(platform), "course-backtesting"
    payment = bought(asha, sku)
    bank(platform, payment, "dispute")
    assert until(lambda: not asha.owns(sku), 60)
    bank(platform, payment, "won")
    assert until(partial(asha.owns, sku), 60)


def test_the_reconciler_has_looked_and_no_policy_is_too_narrow(platform: RunningPlatform) -> None:
    admin = Admin(platform)
    assert until(lambda: admin.read("/reconciliation")["run"] is not None, 120)

    def agrees() -> bool:
        found = admin.read("/reconciliation")
        return bool(found["agree"] and found["run"]["entries"] == 0)

    assert until(agrees, 240), admin.read("/reconciliation")["differences"]
    assert all(one["adds_up"] for one in admin.read("/reconciliation")["settlements"])
    denied = requests.get(f"{platform.controls}/policy", timeout=30).json()["denied"]
    assert [each for each in denied if "payments" in each["role"]] == []
