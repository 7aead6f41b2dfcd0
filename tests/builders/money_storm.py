"""Many people pay, are declined, walk away and take money back, while the platform is broken under them.

What they were told is the client's history: it is judged against both books by ``money_books``.
"""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from threading import Lock
from typing import Any, Literal

import requests

from builders.customers import Customer, administrator, sign_up
from builders.faults import Faults
from builders.stripe_gateway import click
from demo.people import Client
from local.stores.base import until

Fate = Literal["paid", "paid after a decline", "declined", "abandoned"]
_COURSES = ("course-first-trades", "course-options-basics", "course-backtesting")
_FATES: tuple[Fate, ...] = ("paid", "paid after a decline", "declined", "abandoned")
_WEIGHTS = (60, 20, 8, 12)
_PAYS, _DECLINES = "4242424242424242", ("4000000000000002", "4000000000009995", "4000000000000127")
_DOUBLE_CLICKS, _REFUNDED = 0.15, 0.35
_PATIENCE_S = 240.0
CRASHES = (
    "checkout.kept",
    "checkout.paged",
    "refund.hold.after",
    "refund.pay.answered",
    "refund.settle.before",
)
"""Where a process ends once in each storm: between our note and the gateway's page, and inside a refund."""


@dataclass(slots=True)
class Bought:
    """One page as its payer knows it; ``refund`` is the id of what they asked back, ``back`` its paise."""

    person: str
    sku: str
    gross: int
    id: str
    fate: Fate
    refund: str | None = None
    back: int = 0

    @property
    def paid(self) -> bool:
        """Whether the page told its payer that it is paid."""
        return self.fate.startswith("paid")


@dataclass(slots=True)
class Storm:
    """``pages`` a person, of ``people``; ``seed`` replays who does what. ``faults`` break things meanwhile."""

    faults: Faults
    people: int
    pages: int
    seed: int
    at_once: int = 4
    history: list[Bought] = field(default_factory=list)
    heard: dict[int, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _support: Customer | None = None

    def run(self, broken: Sequence[Callable[[], None]]) -> None:
        """Let everybody do what they do, and call ``broken`` in turn, spread over the pages."""
        print(f"seed {self.seed}")  # noqa: T201 - it replays a failure
        self._control("stripe/deliveries", {"copies": 2, "shuffled": True, "paused": False})
        for name in CRASHES:
            Client(self.faults.running.api).send("PUT", f"/_local/failpoints/{name}", {"action": "exit"})
        for kind in ("rate_limit", "timeout", "error_after"):
            self._control("stripe/faults", {"kind": kind, "path": "/v1/checkout", "times": 2})
        self._support = administrator(self.faults.running)
        with ThreadPoolExecutor(self.at_once + 1) as crowd:
            everybody = [crowd.submit(self._live, number) for number in range(self.people)]
            wrecker = crowd.submit(self._wreck, broken, everybody)
            try:
                for one in [*everybody, wrecker]:
                    one.result()
            except AssertionError as error:
                error.add_note(self.faults.running.confession())
                raise

    def settle(self) -> None:
        """Let the gateway deliver what still waits, and the schedule drive what was dropped."""
        for turn in count():
            self._control("stripe/deliver", {})
            if until(self._quiet, 20.0):
                return
            assert turn < 6, self._open()
            self._control("clock", {"advance_s": 130})

    def _quiet(self) -> bool:
        return not self._open()

    def _open(self) -> list[str]:
        """Return what is still on its way."""
        ended = Client(self.faults.running.api).get("/_local/stripe")["deliveries"]
        waiting = [f"deliveries {ended}"] if set(ended) - {"delivered", "retried"} else []
        assert self._support is not None, "it ran"
        open_ = ("requested", "approved", "reversing")
        refunds = [one.refund for one in self.history if one.refund]
        found = [self._support.read(f"/refunds/{one}")["status"] for one in refunds]
        return waiting + [f"a refund is {one}" for one in found if one in open_]

    # ---- what a person does ----

    def _live(self, number: int) -> None:
        chance = random.Random(f"{self.seed}/{number}")  # noqa: S311 - replays, hides nothing
        one = sign_up(self.faults.running)
        orders: list[dict[str, Any]] = [{"sku": sku} for sku in chance.sample(_COURSES, len(_COURSES))]
        orders += [{"top_up": chance.randrange(10_000, 499_901)} for _ in range(self.pages - len(orders))]
        mine = [self._buy(one, order, f"page-{place}", chance) for place, order in enumerate(orders)]
        for page in mine:
            if page.paid and chance.random() < _REFUNDED:
                self._take_back(one, page)
        with self._lock:
            for status in one.heard:
                self.heard[status] = self.heard.get(status, 0) + 1

    def _buy(self, one: Customer, order: dict[str, Any], key: str, chance: random.Random) -> Bought:
        answer = one.insist("POST", "/checkouts", order, **{"Idempotency-Key": key})
        assert answer.status_code == requests.codes.created, answer.text
        opened = answer.json()
        (fate,) = chance.choices(_FATES, _WEIGHTS)
        if "decline" in fate:
            assert (
                click(opened["address"], number=chance.choice(_DECLINES))[0]
                == requests.codes.payment_required
            )
        if fate.startswith("paid"):
            assert click(opened["address"], number=_PAYS)[0] == requests.codes.see_other
            if chance.random() < _DOUBLE_CLICKS:
                click(opened["address"], number=_PAYS)
        page = Bought(one.id, opened["sku"], opened["price"]["amount"], opened["id"], fate)
        with self._lock:
            self.history.append(page)
        return page

    def _take_back(self, one: Customer, page: Bought) -> None:
        asked = one.insist(
            "POST", f"/payments/{page.id}/refunds", {"reason": "Not for me"}, **{"Idempotency-Key": page.id}
        )
        assert asked.status_code == requests.codes.created, asked.text
        refund = asked.json()
        page.refund, page.back = refund["id"], refund["amount"]["amount"]
        assert self._support is not None, "it runs"
        sent = {"Idempotency-Key": refund["id"], "If-Match": asked.headers["ETag"]}
        approved = self._support.insist("POST", f"/refunds/{refund['id']}/approve", **sent)
        assert approved.status_code == requests.codes.ok, approved.text

    # ---- what is broken ----

    def _wreck(self, broken: Sequence[Callable[[], None]], everybody: Sequence[Future[None]]) -> None:
        """Strike after each so many pages that went well, so that something is decided between two faults."""
        step = self.people * self.pages // (len(broken) + 1)
        for fault in broken:
            due = len(self.history) + step
            assert until(partial(self._reached, due, everybody), _PATIENCE_S), "the storm stands still"
            fault()

    def _reached(self, due: int, everybody: Sequence[Future[None]]) -> bool:
        """Whether so many pages are done, or all; somebody who failed ends the storm."""
        over = [one.result() for one in everybody if one.done()]
        return len(self.history) >= due or len(over) == len(everybody)

    def kill(self, *functions: str) -> Callable[[], None]:
        """Return the fault that ends every process of ``functions`` by SIGKILL."""

        def strike() -> None:
            for name in functions:
                self._control(f"chaos/kill/treum-local-{name}", {})

        return strike

    def _control(self, name: str, body: dict[str, Any]) -> Any:
        return Client(self.faults.running.api).post(f"/_local/{name}", body)
