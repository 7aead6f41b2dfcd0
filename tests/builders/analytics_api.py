"""The analytics API over one store of figures, as its Lambda function runs it."""

from dataclasses import dataclass
from typing import Any

import pytest

from analytics import bootstrap
from analytics.adapters.memory import MemoryEventStore, MemoryFigures
from analytics.api import api
from analytics.model.counting import RULES
from analytics.service.answering import Answering, freshness
from analytics.service.keeping import FIRST
from analytics.service.projecting import Projector
from builders.figures import START
from builders.proxy import event
from builders.signals_api import Answered
from kit.events import Event
from kit.identity import Caller
from kit.ids import uuid7

AUDITOR = Caller(uuid7(), frozenset({"auditor"}))
ADMIN = Caller(uuid7(), frozenset({"admin"}))
SOMEBODY = Caller(uuid7(), frozenset({"user"}))


@dataclass
class Office:
    """What is told, what is made of it, and who asks."""

    store: MemoryEventStore
    figures: MemoryFigures

    def tell(self, *told: Event[Any]) -> None:
        """Record events and count them."""
        for one in told:
            self.store.tell(one)
        projector = Projector(self.store, self.figures)
        self.figures.begin(FIRST, RULES, START)
        while not projector.step(FIRST).done:
            pass

    def ask(self, path: str, caller: Caller | None = AUDITOR, **headers: str) -> Answered:
        """Return what the function answers to a GET of ``path`` (below ``/api/v1/analytics``)."""
        bare, _, query = path.partition("?")
        asked: dict[str, list[str]] = {}
        for part in query.split("&") if query else ():
            name, _, value = part.partition("=")
            asked.setdefault(name, []).append(value)
        figure = bare.split("/")[2] if bare.endswith("/events") else None
        sent = event(
            "GET",
            "/api/v1/analytics" + ("/admin/{figure}/events" if figure else bare),
            caller=caller,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            path={"figure": figure} if figure else None,
            query=asked or None,
        )
        answer = api.handler(sent, None)
        return Answered(answer["statusCode"], answer["headers"], answer["body"])


def office_over(monkeypatch: pytest.MonkeyPatch) -> Office:
    """Return the API over memory: its wiring is replaced for the length of the test."""
    made = Office(MemoryEventStore(), MemoryFigures())
    monkeypatch.setattr(bootstrap.api, "answering", lambda: Answering(made.figures))
    monkeypatch.setattr(bootstrap.api, "fresh", lambda: freshness(made.store, made.figures))
    return made
