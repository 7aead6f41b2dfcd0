"""A webhook is taken only from who holds the secret, and only when it is fresh."""

import time

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from builders.webhooks import SECRET, event, forgeries_accepted, signed
from local.stripe.deliveries import sign, signature_header
from payments.model.signature import TOLERANCE_S, is_authentic

NOW = 1_774_000_000
BODY = event()


def header(secret: str = SECRET, at: int = NOW, body: bytes = BODY) -> str:
    return signature_header(body, [secret], at)


def test_what_the_secret_signed_is_authentic() -> None:
    assert is_authentic(BODY, header(), [SECRET], NOW)


def test_stripes_own_package_agrees_with_ours() -> None:
    fresh = signed(BODY)
    assert stripe.WebhookSignature.verify_header(BODY.decode(), fresh, SECRET, TOLERANCE_S)
    assert is_authentic(BODY, fresh, [SECRET], time.time())


@pytest.mark.parametrize("drift", [-TOLERANCE_S, TOLERANCE_S])
def test_the_tolerance_is_five_minutes_either_way(drift: int) -> None:
    assert is_authentic(BODY, header(at=NOW + drift), [SECRET], NOW)
    further = drift + (1 if drift > 0 else -1)
    assert not is_authentic(BODY, header(at=NOW + further), [SECRET], NOW)


def test_both_secrets_sign_while_one_is_replaced() -> None:
    assert is_authentic(BODY, header("old"), ["new", "old"], NOW)
    assert is_authentic(BODY, signature_header(BODY, ["new", "old"], NOW), ["new"], NOW)
    assert not is_authentic(BODY, header("old"), ["new"], NOW)


def test_without_a_secret_nothing_is_authentic() -> None:
    assert not is_authentic(BODY, header(""), [""], NOW)
    assert not is_authentic(BODY, header(), [], NOW)


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "v1=" + sign(BODY, SECRET, NOW),
        f"t={NOW}",
        f"t={NOW},v0={sign(BODY, SECRET, NOW)}",
        f"t={NOW},t={NOW},v1={sign(BODY, SECRET, NOW)}",
        f"t=+{NOW},v1={sign(BODY, SECRET, NOW)}",
        f"t={NOW}.0,v1={sign(BODY, SECRET, NOW)}",
        f"t=-{NOW},v1={sign(BODY, SECRET, NOW)}",
        f"t=²,v1={sign(BODY, SECRET, NOW)}",
        f"t={'1' * 400},v1={sign(BODY, SECRET, NOW)}",
        f"t={NOW},v1={sign(BODY, SECRET, NOW).upper()}",
        f"t={NOW},v1={sign(BODY, SECRET, NOW)[:-1]}",
        f"t={NOW},v1=é",
        f"t={NOW},v1=" + "0" * 5000,
        f"t={NOW + 1},v1={sign(BODY, SECRET, NOW)}",
    ],
)
def test_a_header_out_of_shape_is_refused(forged: str) -> None:
    assert not is_authentic(BODY, forged, [SECRET], NOW)


def test_a_thousand_forgeries_none_is_accepted() -> None:
    assert forgeries_accepted(1_000, seed=20260320) == 0


@given(st.text(max_size=300), st.binary(max_size=100))
def test_no_header_whatever_breaks_it(given_header: str, body: bytes) -> None:
    assert not is_authentic(body, given_header, [SECRET], NOW)
