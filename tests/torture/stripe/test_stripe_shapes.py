"""The shape of every request we send, judged by Stripe's own mock: it refuses what its API does not know.

stripe-mock is a Go program: one on the PATH is used, else it is built once where Go is. It keeps no state, so
only the shapes are judged here; behaviour is the stand-in's part.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kit.errors import TreumError
from kit.money import Money
from local.stores import ports
from local.stores.base import until
from payments.adapters.stripe import Stripe, StripePayments, StripeReader, StripeSubscriptions
from payments.errors.gateway import GatewayMisused, PaymentDeclined
from payments.model.gateway import (
    ChargeOrder,
    CheckoutOrder,
    CheckoutRef,
    CustomerRef,
    InvoiceRef,
    PaymentRef,
    PriceOrder,
    PriceRef,
    RefundOrder,
    SubscriptionOrder,
    SubscriptionRef,
)

_SOURCE = "github.com/stripe/stripe-mock@v0.203.0"


def _binary() -> Path:
    """Return the program; skips, saying why, where there is none and it cannot be built."""
    found = shutil.which("stripe-mock")
    if found:
        return Path(found)
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "treum" / "go"
    if not (folder / "stripe-mock").exists():
        if shutil.which("go") is None:
            pytest.skip(
                "no stripe-mock on the PATH and no Go to build it with: request shapes are not judged"
            )
        folder.mkdir(parents=True, exist_ok=True)
        built = subprocess.run(
            ["go", "install", _SOURCE],
            env={**os.environ, "GOBIN": str(folder)},
            capture_output=True,
            check=False,
            timeout=180,
        )
        if built.returncode:
            pytest.skip(f"stripe-mock cannot be built here: {built.stderr.decode()[-200:]}")
    return folder / "stripe-mock"


@pytest.fixture(scope="module")
def mock() -> Iterator[Stripe]:
    program, port, other = _binary(), ports.free(), ports.free()
    process = subprocess.Popen(
        [program, "-http-addr", f"127.0.0.1:{port}", "-https-addr", f"127.0.0.1:{other}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert until(lambda: ports.answers(port), 20)
        yield Stripe(lambda _fresh: "sk_test_123", f"http://127.0.0.1:{port}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


_C, _P = CustomerRef("cus_1"), PaymentRef("pi_1")
_S, _DONE = SubscriptionRef("sub_1"), "https://app.example/done"
_CALLS: dict[str, Callable[[Stripe], object]] = {
    "customer": lambda s: StripePayments(s).customer("u", "u@example.com", key="1"),
    "checkout": lambda s: StripePayments(s).open_checkout(
        CheckoutOrder("p", _C, Money(99900), "Course", _DONE, _DONE), key="2"
    ),
    "checkout that keeps the card and holds": lambda s: StripePayments(s).open_checkout(
        CheckoutOrder("p", _C, Money(99900), "Course", _DONE, _DONE, keep_card=True, hold=True), key="3"
    ),
    "expire": lambda s: StripePayments(s).expire_checkout(CheckoutRef("cs_1"), key="4"),
    "charge": lambda s: StripePayments(s).charge(ChargeOrder("p", _C, "pm_1", Money(100), "x"), key="5"),
    "cards": lambda s: StripePayments(s).cards(_C),
    "capture": lambda s: StripePayments(s).capture(_P, key="6"),
    "cancel": lambda s: StripePayments(s).cancel(_P, key="7"),
    "refund": lambda s: StripePayments(s).refund(RefundOrder("r", _P, Money(100)), key="8"),
    "subscribe": lambda s: StripeSubscriptions(s).open_subscription(
        SubscriptionOrder("s", _C, PriceRef("price_1"), _DONE, _DONE, trial_days=7), key="9"
    ),
    "change": lambda s: StripeSubscriptions(s).change_price(_S, PriceRef("price_2"), "at_once", key="10"),
    "change anew": lambda s: StripeSubscriptions(s).change_price(_S, PriceRef("price_2"), "anew", key="16"),
    "preview a change": lambda s: StripeSubscriptions(s).preview(_S, PriceRef("price_2")),
    "preview a renewal": lambda s: StripeSubscriptions(s).preview(_S),
    "end with the period": lambda s: StripeSubscriptions(s).end_subscription(_S, at_once=False, key="11"),
    "end at once": lambda s: StripeSubscriptions(s).end_subscription(_S, at_once=True, key="12"),
    "resume": lambda s: StripeSubscriptions(s).resume_subscription(_S, key="13"),
    "pay an invoice": lambda s: StripeSubscriptions(s).pay_invoice(InvoiceRef("in_1"), key="14"),
    "read a payment": lambda s: StripeReader(s).payment(_P),
    "read refunds": lambda s: StripeReader(s).refunds(_P),
    "read a page": lambda s: StripeReader(s).checkout(CheckoutRef("cs_1")),
    "read a subscription": lambda s: StripeReader(s).subscription(_S),
    "read invoices": lambda s: StripeReader(s).invoices(_S),
}


_NEWER = {"change anew", "preview a change"}


@pytest.mark.parametrize("name", _CALLS)
def test_the_request_has_a_shape_that_stripe_takes(mock: Stripe, name: str) -> None:
    if name in _NEWER:
        pytest.skip("an anchor is an object since the API of our package; the newest mock has an older API")
    with suppress(PaymentDeclined):  # the mock's one fixture of a payment was declined; its shape was taken
        _CALLS[name](mock)


def test_a_price_is_asked_for_in_stripes_shape(mock: Stripe) -> None:
    with pytest.raises(GatewayMisused, match="costs something else"):  # the mock's fixture has its own amount
        StripeSubscriptions(mock).price(PriceOrder("premium", "Premium", Money(99900), "month"), key="15")


def test_a_request_out_of_shape_is_refused(mock: Stripe) -> None:
    with pytest.raises(TreumError, match="Stripe refused our request"):
        mock.call(lambda client: client.v1.refunds.create({"amout": 1}))  # type: ignore[arg-type]  # the slip that is to be found
