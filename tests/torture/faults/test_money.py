"""The full tier of "money balances, nothing lost": 10,000 webhooks, doubled and shuffled, while everything breaks.

``MONEY_SEED`` replays who does what; ``MONEY_PEOPLE`` is how many pay (100 make the 10,000), ``MONEY_KEYS`` how
many keys are tried twenty times each.
"""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain, cycle, repeat
from threading import Event

import psycopg
import pytest

from builders.faults import Faults
from builders.money_retries import contradictions, retried
from builders.money_storm import Storm
from builders.money_verdict import agree
from demo.people import Client
from fixtures.platform import own_platform
from local.stores import ports

pytestmark = pytest.mark.platform
_PEOPLE, _PAGES, _ROUNDS = int(os.environ.get("MONEY_PEOPLE", "100")), 10, 5
_KEYS, _TRIES = int(os.environ.get("MONEY_KEYS", "2000")), 20
_WEBHOOKS_A_PAGE = 10
_OUTAGE_S = 10.0
_BETWEEN_KILLS_S = 5.0


@pytest.fixture
def faults() -> Iterator[Faults]:
    """A platform of this test's own: what is broken here disturbs nobody."""
    options = ["--no-tape", "--port", str(ports.free())]
    with own_platform(options) as running:
        yield Faults(running, options, _OUTAGE_S)


def _seed() -> int:
    return int(os.environ.get("MONEY_SEED", time.time_ns() % 10**9))


def test_ten_thousand_webhooks_leave_both_books_equal_to_the_paisa(
    faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    storm = Storm(faults, _PEOPLE, _PAGES, _seed())
    worker, tasks = storm.kill("payments-worker"), storm.kill("payments-tasks", "payments-starter")
    door = storm.kill("payments-api", "payments-relay")
    one_round = [worker, faults.away("kafka"), door, worker, faults.away("postgres"), tasks, faults.workers]
    storm.run(list(chain.from_iterable(repeat(one_round, _ROUNDS))))
    storm.settle()
    with psycopg.connect(faults.running.stores["postgres"], autocommit=True) as ours:
        figures = agree(storm, ours) | {"seconds": round(time.monotonic() - began)}
    with capsys.disabled():
        print(json.dumps(figures))  # noqa: T201 - the report is the product
    assert figures["webhooks"] >= _PEOPLE * _PAGES * _WEBHOOKS_A_PAGE


def test_two_thousand_keys_tried_twenty_times_make_a_page_each(
    faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    client = Client(faults.running.api)

    def strike(over: Event) -> None:
        for name in cycle(("payments-api", "payments-relay", "authorizer")):
            client.post(f"/_local/chaos/kill/treum-local-{name}", {})
            if over.wait(_BETWEEN_KILLS_S):
                return

    made = retried(faults.running, _KEYS, _TRIES, _seed(), strike)
    pages = client.get("/_local/stripe/books")["pages"]
    heard = Counter(status for order in made for status, _ in order.answers)
    figures = {"heard": heard, "pages": len(pages), "seconds": round(time.monotonic() - began)}
    with capsys.disabled():
        print(json.dumps(figures))  # noqa: T201 - the report is the product
    assert list(contradictions(made, pages)) == []
    assert len(pages) == _KEYS
