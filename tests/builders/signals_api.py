"""The signals API over one database, as its Lambda function runs it; its clock stands where the world's does."""

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from builders.proxy import event
from builders.record import Record
from builders.signals import CANDLE_AT, NOW, World
from kit.identity import Caller
from kit.ids import uuid7
from kit.stores.postgres import Database
from signals import bootstrap
from signals.adapters.postgres import PostgresCommitmentLog, PostgresSignalBook, PostgresTrackRecord
from signals.adapters.postgres.performance import PostgresPerformanceBook
from signals.adapters.postgres.readers import PostgresFeedbackBook, PostgresSubscriptionBook
from signals.api import api
from signals.model.signal import Signal
from signals.service.performance import FACTS, Performance, Verification
from signals.service.readers import Choosing, Opinions
from signals.service.voiding import Voiding

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ANALYST = re.compile(r"(?<=/commitments/)[^/]+")


FREE = Caller(uuid7(), frozenset({"user"}))
PREMIUM = Caller(uuid7(), frozenset({"user"}), plan="premium")
ENTERPRISE = Caller(uuid7(), frozenset({"user"}), plan="enterprise")
ANALYST = Caller(uuid7(), frozenset({"analyst"}))
APPROVER = Caller(uuid7(), frozenset({"approver"}))


@dataclass(frozen=True)
class Answered:
    """Status, headers, text, and the text's JSON where it is a document."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The document."""
        return json.loads(self.text)

    @property
    def lines(self) -> list[Any]:
        """The documents of JSON lines."""
        return [json.loads(line) for line in self.text.splitlines()]


@dataclass
class Desk:
    """The API, the record it reads, and who verified its figures."""

    db: Database
    record: Record
    verification: Verification = field(default_factory=Verification)

    @property
    def world(self) -> World:
        """What the tests publish with."""
        return self.record.world

    def performance(self) -> Performance:
        """Return the figures."""
        return Performance(PostgresPerformanceBook(self.db, FACTS), self.verification, self.world.now)

    def opinions(self) -> Opinions:
        """Return the feedback."""
        return Opinions(PostgresFeedbackBook(self.db), self.record.reading, self.world.now)

    def choosing(self) -> Choosing:
        """Return the subscriptions."""
        return Choosing(PostgresSubscriptionBook(self.db, None), self.world.now)

    def voiding(self) -> Voiding:
        """Return the end of promises."""
        return self.record.voiding

    def many(self, count: int = 12) -> list[Signal]:
        """Publish ``count`` signals a minute apart, on three instruments and two strategies in turn."""
        made = []
        for number in range(count):
            self.world.at = NOW + timedelta(minutes=number)
            made.append(
                self.record.live(
                    symbol=("AAPL", "MSFT", "SPX")[number % 3],
                    strategy=f"s-{number % 2}",
                    candle_at=CANDLE_AT + timedelta(days=number),
                    confidence=70 + number,
                    rationale=f"=HYPERLINK(1) number {number}",
                )
            )
        return made

    def ask(
        self, method: str, path: str, caller: Caller | None = None, body: object = None, **headers: str
    ) -> Answered:
        """Return what the function answers to ``path`` (below ``/api/v1``, with its query)."""
        bare, _, query = path.partition("?")
        asked: dict[str, list[str]] = {}
        for part in query.split("&") if query else ():
            name, _, value = part.partition("=")
            asked.setdefault(name, []).append(value)
        signal, analyst = _ID.search(bare), _ANALYST.search(bare)
        sent = event(
            method,
            "/api/v1" + _ANALYST.sub("{analyst}", _ID.sub("{id}", bare)),
            body=body,
            caller=caller,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            path={"id": signal[0]} if signal else {"analyst": analyst[0]} if analyst else None,
            query=asked or None,
        )
        answer = api.handler(sent, None)
        return Answered(answer["statusCode"], answer["headers"], answer["body"])


def desk_over(db: Database, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return the API over ``db``: its wiring is replaced, part by part, for the length of the test."""
    book, log = PostgresSignalBook(db, None), PostgresCommitmentLog(db)
    record = Record(World(book=book, commitments=log))
    record.track = PostgresTrackRecord(db, book, log)
    made = Desk(db, record)
    monkeypatch.setattr(bootstrap.api, "reading", lambda: record.reading)
    monkeypatch.setattr(bootstrap.record, "opinions", made.opinions)
    monkeypatch.setattr(bootstrap.record, "choosing", made.choosing)
    monkeypatch.setattr(bootstrap.record, "voiding", made.voiding)
    monkeypatch.setattr(bootstrap.performance, "performance", made.performance)
    monkeypatch.setattr(bootstrap.stores, "database", lambda: db)
    return made
