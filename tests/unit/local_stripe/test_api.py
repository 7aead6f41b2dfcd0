"""The stand-in speaks Stripe's API to Stripe's own package, and remembers what it said."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import stripe

from builders.stripe_gateway import Counter, counter
from local.stripe.cards import BY_NAME
from local.stripe.controls import books


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    with counter(tmp_path_factory.mktemp("stripe")) as running:
        yield running


def client(gateway: Counter) -> stripe.StripeClient:
    server = gateway.server
    return stripe.StripeClient(server.api_key, base_addresses={"api": server.url}, max_network_retries=0)


def test_the_same_key_is_answered_the_same_and_says_so(gateway: Counter) -> None:
    speak = client(gateway).v1.customers
    first = speak.create({"email": "a@example.com"}, {"idempotency_key": "same"})
    again = speak.create({"email": "a@example.com"}, {"idempotency_key": "same"})
    assert again.id == first.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"


def test_the_same_key_with_other_parameters_is_an_idempotency_error(gateway: Counter) -> None:
    speak = client(gateway).v1.customers
    speak.create({"email": "a@example.com"}, {"idempotency_key": "other"})
    with pytest.raises(stripe.IdempotencyError) as refused:
        speak.create({"email": "b@example.com"}, {"idempotency_key": "other"})
    assert refused.value.http_status == 400


def test_a_decline_is_remembered_under_its_key(gateway: Counter) -> None:
    def charge() -> str:
        with pytest.raises(stripe.CardError) as refused:
            client(gateway).v1.payment_intents.create(
                {
                    "amount": 5000,
                    "currency": "inr",
                    "payment_method": "pm_card_chargeDeclined",
                    "confirm": True,
                },
                {"idempotency_key": "declined"},
            )
        assert refused.value.error is not None
        assert refused.value.error.payment_intent is not None
        return str(refused.value.error.payment_intent.id)

    assert charge() == charge()


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        (name, card.declines[0], card.declines[1])
        for name, card in BY_NAME.items()
        if card.declines and card.asks == "never"
    ],
)
def test_each_documented_card_declines_as_documented(
    gateway: Counter, card: str, code: str, decline_code: str | None
) -> None:
    with pytest.raises(stripe.CardError) as refused:
        client(gateway).v1.payment_intents.create(
            {"amount": 5000, "currency": "inr", "payment_method": card, "confirm": True}
        )
    told = json.loads(str(refused.value.http_body))["error"]
    assert (refused.value.http_status, told["type"], told["code"]) == (402, "card_error", code)
    assert told.get("decline_code") == decline_code
    assert told["payment_intent"]["status"] == "requires_payment_method"


def test_authentication_off_session_is_refused_and_on_session_asked_for(gateway: Counter) -> None:
    wanted = {
        "amount": 5000,
        "currency": "inr",
        "payment_method": "pm_card_authenticationRequired",
        "confirm": True,
    }
    asked = client(gateway).v1.payment_intents.create(wanted)  # type: ignore[arg-type]  # built from parts
    assert (asked.status, asked.next_action is not None) == ("requires_action", True)
    with pytest.raises(stripe.CardError) as refused:
        client(gateway).v1.payment_intents.create(wanted | {"off_session": True})  # type: ignore[arg-type]  # as above
    assert refused.value.code == "authentication_required"


@pytest.mark.parametrize(
    ("path", "form", "code"),
    [
        ("/v1/customers", b"emial=a", "parameter_unknown"),
        ("/v1/payment_intents", b"amount=10&currency=inr", "amount_too_small"),
        ("/v1/payment_intents", b"amount=-5&currency=inr", "parameter_invalid_integer"),
        ("/v1/payment_intents", b"amount=1e9&currency=inr", "parameter_invalid_integer"),
        ("/v1/payment_intents", b"currency=inr", "parameter_missing"),
        ("/v1/refunds", b"payment_intent=pi_x", "resource_missing"),
        ("/v1/prices", b"currency=inr&product=prod_x", "resource_missing"),
    ],
)
def test_what_does_not_fit_is_refused_in_stripes_shape(
    gateway: Counter, path: str, form: bytes, code: str
) -> None:
    status, answer = ask(gateway, path, form)
    assert status in {400, 404}
    assert (answer["error"]["type"], answer["error"]["code"]) == ("invalid_request_error", code)


def test_what_it_does_not_speak_is_refused_and_never_ignored(gateway: Counter) -> None:
    assert ask(gateway, "/v1/issuing/cards", b"")[0] == 404


def test_without_the_key_nothing_is_answered(gateway: Counter) -> None:
    status, answer = ask(gateway, "/v1/customers", b"", key="sk_test_wrong")
    assert (status, answer["error"]["type"]) == (401, "invalid_request_error")


def test_a_name_that_points_here_is_refused(gateway: Counter) -> None:
    assert ask(gateway, "/v1/customers", b"", host="evil.example")[0] == 403


def test_a_killed_run_loses_nothing(tmp_path: Path) -> None:
    with counter(tmp_path) as running:
        made = client(running).v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "k"})
        key, url = running.server.api_key, running.server.url
    with counter(tmp_path) as again:
        assert (again.server.api_key, again.server.url) == (key, url)
        assert client(again).v1.customers.retrieve(made.id).email == "a@example.com"
        repeated = client(again).v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "k"})
        assert repeated.id == made.id


def test_the_books_are_right_to_the_paisa(tmp_path: Path) -> None:
    with counter(tmp_path) as running:
        speak = client(running).v1
        for amount in (99901, 50, 12345):
            paid = speak.payment_intents.create(
                {"amount": amount, "currency": "inr", "payment_method": "pm_card_visa", "confirm": True}
            )
        speak.refunds.create({"payment_intent": paid.id, "amount": 1})
        held = speak.payment_intents.create(
            {
                "amount": 700,
                "currency": "inr",
                "payment_method": "pm_card_visa",
                "confirm": True,
                "capture_method": "manual",
            }
        )
        speak.payment_intents.capture(held.id, {"amount_to_capture": 600})
        with pytest.raises(
            stripe.InvalidRequestError, match=r"greater than unrefunded amount on charge \(₹?6"
        ):
            speak.refunds.create({"payment_intent": held.id, "amount": 601})
        found = running.run(books)
        fee = 2358 + 1 + 291 + 14  # 2 % and 18 % on it, half a paisa up, of each
        assert found["totals"]["inr"] == {
            "charge": 99901 + 50 + 12345 + 600,
            "refund": -1,
            "adjustment": 0,
            "fee": fee,
            "net": 99901 + 50 + 12345 + 600 - 1 - fee,
        }
        assert sum(each["captured"] - each["refunded"] for each in found["payments"]) == 112895
        assert speak.balance.retrieve().available[0].amount == found["totals"]["inr"]["net"]


def ask(
    gateway: Counter, path: str, form: bytes, *, key: str | None = None, host: str | None = None
) -> tuple[int, dict[str, dict[str, str]]]:
    headers = {"Authorization": f"Bearer {key or gateway.server.api_key}"} | ({"Host": host} if host else {})
    request = Request(gateway.server.url + path, data=form, headers=headers)  # noqa: S310 - the stand-in's
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)
