"""One page a key, however often and by however many it is asked for. The full tier: ``tests/torture/faults``."""

from threading import Event
from typing import Final

import pytest

from builders.faults import Faults
from builders.money_retries import contradictions, retried
from demo.people import Client

pytestmark = pytest.mark.platform
_SEED: Final = 20260401
_KEYS: Final = 12


def test_a_key_tried_twenty_times_makes_one_page_and_has_one_answer(faults: Faults) -> None:
    client = Client(faults.running.api)

    def strike(_over: Event) -> None:
        for name in ("payments-api", "payments-relay", "payments-api"):
            client.post(f"/_local/chaos/kill/treum-local-{name}", {})

    made = retried(faults.running, _KEYS, 20, _SEED, strike)
    pages = client.get("/_local/stripe/books")["pages"]
    assert list(contradictions(made, pages)) == []
    one = made[0]
    other = one.person.insist("POST", "/checkouts", {"top_up": 99_999}, **{"Idempotency-Key": one.key})
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    twin = next(page for page in pages if page["metadata"].get("treum_id") == one.told[0]["id"])
    assert list(contradictions(made, [*pages, twin])) == [f"{one.key} has 2 pages"]
