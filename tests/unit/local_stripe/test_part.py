"""The emulator stands in until a key names a real account; its buttons are the controls."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from builders.stripe_gateway import Counter, counter
from local.controls.routes import Controls
from local.gateway.messages import HttpRequest
from local.stripe.controls import StripeControls
from local.stripe.part import StripeAccount, StripeEmulator, gateway_of


def test_a_key_puts_a_real_account_in_its_place(tmp_path: Path) -> None:
    found = gateway_of({"STRIPE_API_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}, tmp_path, 8080)
    assert isinstance(found, StripeAccount)
    assert (found.url, found.controls) == ("", ())
    assert found.secret == {"api_key": "sk_test_1", "webhook_secret": "whsec_1"}
    assert found.status()["payment_gateway"]["label"] == "real"


def test_without_one_it_is_the_emulator_and_says_so(tmp_path: Path) -> None:
    found = gateway_of({}, tmp_path, 8080)
    assert isinstance(found, StripeEmulator)
    try:
        assert found.url.startswith("http://127.0.0.1:")
        assert found.secret["api_key"].startswith("sk_test_local_")
        assert found.status()["payment_gateway"]["label"] == "emulator"
    finally:
        asyncio.run(found.stop())


@pytest.fixture
def buttons(tmp_path: Path) -> Any:
    with counter(tmp_path) as running:
        yield running


def press(gateway: Counter, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    controls = Controls(StripeControls(lambda: gateway.server).routes())
    request = HttpRequest(
        method, f"/_local{path}", [("Host", "127.0.0.1:1")], json.dumps(body or {}).encode(), "127.0.0.1"
    )
    answer = asyncio.run_coroutine_threadsafe(controls.handle(request), gateway.loop).result(20)
    return answer.status, json.loads(answer.body)


def test_faults_are_planned_listed_and_taken_back(buttons: Counter) -> None:
    assert press(buttons, "POST", "/stripe/faults", {"kind": "rate_limit", "times": 2})[0] == 200
    assert press(buttons, "GET", "/stripe/faults")[1]["waiting"][0]["times"] == 2
    assert press(buttons, "DELETE", "/stripe/faults")[1] == {"waiting": []}
    for wrong in ({"kind": "x"}, {"kind": "slow", "hold_s": 1e9}, {"kind": "slow", "times": 0}):
        assert press(buttons, "POST", "/stripe/faults", wrong)[0] == 422


def test_webhooks_are_held_and_let_go(buttons: Counter) -> None:
    assert press(buttons, "POST", "/stripe/deliveries", {"paused": True})[1]["paused"] is True
    buttons.payments.customer("u", "u@example.com", key="c")
    assert buttons.sent == []
    assert press(buttons, "POST", "/stripe/deliver")[1]["deliveries"] == {"delivered": 1}
    assert press(buttons, "GET", "/stripe")[1]["deliveries"] == {"delivered": 1}
    assert press(buttons, "GET", "/stripe/books")[1] == {
        "totals": {},
        "payments": [],
        "pages": [],
        "events": 1,
    }


def test_another_machine_cannot_press_them(buttons: Counter) -> None:
    controls = Controls(StripeControls(lambda: buttons.server).routes())
    request = HttpRequest("GET", "/_local/stripe", [("Host", "127.0.0.1:1")], b"", "192.0.2.1")
    answer = asyncio.run_coroutine_threadsafe(controls.handle(request), buttons.loop).result(20)
    assert answer.status == 403
