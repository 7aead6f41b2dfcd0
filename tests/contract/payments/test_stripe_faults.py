"""What our adapter makes of a gateway that stumbles: nothing is done twice, nothing is forgotten."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.stripe_gateway import Counter, counter
from kit.money import Money
from local.stripe.controls import books
from payments.adapters.stripe import Stripe, StripePayments, StripeReader
from payments.errors.gateway import GatewayBusy, OutcomeUnknown
from payments.model.gateway import ChargeOrder, CustomerRef, PaymentRef, RefundOrder


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as running:
        yield running


def order(gateway: Counter) -> ChargeOrder:
    customer = gateway.payments.customer("u", "u@example.com", key="c")
    return ChargeOrder("pay-1", customer, "pm_card_visa", Money(99900), "Course")


def charged(gateway: Counter) -> int:
    totals = gateway.run(books)["totals"]
    return int(totals.get("inr", {}).get("charge", 0))


@pytest.mark.parametrize("kind", ["timeout", "lost", "error_after", "error"])
def test_an_answer_that_never_came_is_looked_up_and_the_charge_happens_once(
    gateway: Counter, kind: str
) -> None:
    ours = order(gateway)
    gateway.fault(kind, "/v1/payment_intents")
    found = gateway.payments.charge(ours, key="k")
    assert (found.status, found.payment_id) == ("captured", "pay-1")
    assert gateway.payments.charge(ours, key="k").ref == found.ref
    assert charged(gateway) == 99900


@pytest.mark.parametrize("kind", ["timeout", "lost", "error_after"])
def test_a_refund_whose_answer_was_lost_is_given_once(gateway: Counter, kind: str) -> None:
    paid = gateway.payments.charge(order(gateway), key="k")
    gateway.fault(kind, "/v1/refunds")
    refund = gateway.payments.refund(RefundOrder("r-1", paid.ref, Money(100)), key="r")
    assert [each.ref for each in gateway.reader.refunds(paid.ref)] == [refund.ref]


def test_an_answer_that_takes_too_long_is_an_unknown_outcome(gateway: Counter) -> None:
    ours = order(gateway)
    gateway.fault("slow", "/v1/payment_intents", hold_s=1.5)
    hasty = StripePayments(gateway.stripe(timeout_s=0.3))
    with pytest.raises(
        (OutcomeUnknown, GatewayBusy)
    ):  # looked up: nothing yet; asked again: the key is in use
        hasty.charge(ours, key="k")
    patient = gateway.payments
    found = next(iter(_until_charged(patient, ours)))
    assert found == 99900
    assert charged(gateway) == 99900


def _until_charged(patient: StripePayments, ours: ChargeOrder) -> Iterator[int]:
    while True:
        try:
            yield patient.charge(ours, key="k").captured.amount
        except GatewayBusy:
            continue


def test_a_gateway_that_stays_silent_leaves_the_outcome_unknown(gateway: Counter) -> None:
    ours = order(gateway)
    gateway.fault("lost", "/v1/payment_intents", times=2)
    with pytest.raises(OutcomeUnknown):
        gateway.payments.charge(ours, key="k")
    assert gateway.payments.charge(ours, key="k").status == "captured"
    assert charged(gateway) == 99900


def test_being_turned_away_says_that_nothing_happened(gateway: Counter) -> None:
    ours = order(gateway)
    gateway.fault("rate_limit", "/v1/payment_intents")
    with pytest.raises(GatewayBusy):
        gateway.payments.charge(ours, key="k")
    assert charged(gateway) == 0


def test_a_reading_without_an_answer_is_only_busy(gateway: Counter) -> None:
    gateway.fault("error", "/v1/payment_intents", method="GET")
    with pytest.raises(GatewayBusy):
        gateway.reader.payment(PaymentRef("pi_1"))


def test_a_gateway_that_is_down_is_an_unknown_outcome(gateway: Counter) -> None:
    ours = ChargeOrder("p", CustomerRef("cus_1"), "pm_card_visa", Money(100), "x")
    nowhere = Stripe(lambda _fresh: gateway.server.api_key, "http://127.0.0.1:9", timeout_s=1)
    with pytest.raises((OutcomeUnknown, GatewayBusy)):
        StripePayments(nowhere).charge(ours, key="k")


def test_a_rotated_key_is_taken_up_once(gateway: Counter) -> None:
    asked: list[bool] = []

    def key(fresh: bool) -> str:  # noqa: FBT001 - the adapter's callback
        asked.append(fresh)
        return gateway.server.api_key if fresh else "sk_test_old"

    assert StripeReader(Stripe(key, gateway.server.url)).payment(PaymentRef("pi_1")) is None
    assert asked == [False, True]
    wrong = StripeReader(Stripe(lambda _fresh: "sk_test_wrong", gateway.server.url))
    with pytest.raises(GatewayBusy):
        wrong.payment(PaymentRef("pi_1"))


def test_twenty_retries_at_once_are_one_charge(gateway: Counter) -> None:
    ours = order(gateway)
    refs: list[str] = []

    def work() -> None:
        for _ in range(50):
            try:
                refs.append(gateway.payments.charge(ours, key="k").ref)
            except GatewayBusy:
                continue
            return

    gateway.fault("slow", "/v1/payment_intents", hold_s=0.2)
    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(refs)) == 1
    assert charged(gateway) == 99900
