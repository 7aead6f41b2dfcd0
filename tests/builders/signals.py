"""Signals, candles and use cases on memory adapters, made to be varied by one field a test."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from kit.events import Event
from signals import policies
from signals.adapters.files import FileReference
from signals.adapters.memory import (
    MemoryAnnouncer,
    MemoryCandleStore,
    MemoryCommitmentLog,
    MemoryQualityLedger,
    MemoryQuoteBoard,
    MemoryRevisionBook,
    MemorySignalBook,
    MemorySigners,
    MemoryVault,
    MemoryWorkflow,
)
from signals.adapters.memory.track import MemoryTrackRecord
from signals.model.market import Candle
from signals.model.signal import AnalystId, Signal, Terms, identity
from signals.ports import (
    Announcer,
    CandleStore,
    CommitmentLog,
    QuoteBoard,
    RevisionBook,
    SignalBook,
    Signers,
    TrackRecord,
    Vault,
)
from signals.ports.quality import QualityLedger
from signals.service import facts
from signals.service.amending import Amending
from signals.service.approval import Approval
from signals.service.drafting import Desk
from signals.service.freshness import Freshness
from signals.service.proposing import Proposing
from signals.service.publication import Publication
from signals.service.recovery import Recovery
from signals.service.watching import Watching

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CANDLE_AT = datetime(2012, 5, 7, 21, 0, tzinfo=UTC)
DESK = Desk(AnalystId("treum-house"), "Markets carry risk.", ai_generated=False)
TERMS = Terms(
    symbol="AAPL",
    timeframe="1d",
    strategy="ema-trend-1",
    candle_at=CANDLE_AT,
    side="buy",
    entry=Decimal("100.00"),
    stop=Decimal("95.00"),
    targets=(Decimal("110.00"), Decimal("120.00")),
    currency="USD",
    tick=Decimal("0.01"),
    confidence=90,
    horizon="swing",
    expires_at=CANDLE_AT + timedelta(days=20),
    rationale="The 12-candle average crossed above the 26-candle average today.",
    disclaimer="Markets carry risk.",
    analyst=AnalystId("treum-house"),
    ai_generated=False,
)


def signal(at: datetime = NOW, **terms: Any) -> Signal:
    """Return a draft with ``terms`` changed; its id follows from them, its end from its candle."""
    ends = {"expires_at": terms["candle_at"] + timedelta(days=20)} if "candle_at" in terms else {}
    changed = replace(TERMS, **(ends | terms))
    name = identity(changed.symbol, changed.timeframe, changed.strategy, changed.candle_at)
    return Signal(name, changed, drafted_at=at)


def told(one: Signal) -> Event[Any]:
    """Return the event of a draft."""
    return facts.drafted(one)


def candle(day: int, low: float, high: float, **changed: Any) -> Candle:
    """Return the daily candle ``day`` days after the signal's, opening and closing in the middle."""
    middle = Decimal(str(round((low + high) / 2, 2)))
    made = Candle(
        symbol="AAPL",
        timeframe="1d",
        closed_at=CANDLE_AT + timedelta(days=day),
        open=middle,
        high=Decimal(str(high)),
        low=Decimal(str(low)),
        close=middle,
        volume=1000,
    )
    return replace(made, **changed)


def walk(count: int, seed: int = 1, symbol: str = "AAPL") -> list[Candle]:
    """Return ``count`` daily candles of a random walk, prices on a grid of 0.01."""
    chance, price, made = random.Random(seed), 100.0, []  # noqa: S311 - a repeatable walk, no secret
    for day in range(count):
        opened = price
        price = max(5.0, price * (1 + chance.gauss(0.0005, 0.02)))
        spread = abs(chance.gauss(0, 0.01)) * price
        made.append(
            Candle(
                symbol=symbol,
                timeframe="1d",
                closed_at=CANDLE_AT + timedelta(days=day),
                open=_cents(opened),
                high=_cents(max(opened, price) + spread),
                low=_cents(min(opened, price) - spread),
                close=_cents(price),
                volume=1000 + day,
            )
        )
    return made


def _cents(value: float) -> Decimal:
    return Decimal(str(round(value, 2)))


@dataclass
class World:
    """Every port in memory (any of them replaced), the use cases over them, and a clock that stands."""

    book: SignalBook = field(default_factory=MemorySignalBook)
    commitments: CommitmentLog = field(default_factory=MemoryCommitmentLog)
    vault: Vault = field(default_factory=MemoryVault)
    candles: CandleStore = field(default_factory=MemoryCandleStore)
    quotes: QuoteBoard = field(default_factory=MemoryQuoteBoard)
    ledger: QualityLedger = field(default_factory=MemoryQualityLedger)
    workflow: MemoryWorkflow = field(default_factory=MemoryWorkflow)
    announcer: Announcer = field(default_factory=MemoryAnnouncer)
    reference: FileReference = field(default_factory=FileReference)
    rules: policies.Policies = field(default_factory=policies.load)
    signers: Signers = field(default_factory=MemorySigners)
    revisions: RevisionBook = field(init=False)
    track: TrackRecord = field(init=False)
    at: datetime = NOW

    def __post_init__(self) -> None:
        self.revisions = MemoryRevisionBook(self.book)
        self.track = MemoryTrackRecord(self.book, self.commitments)

    def now(self) -> datetime:
        """Return the standing time; a test sets ``at``."""
        return self.at

    @property
    def publication(self) -> Publication:
        """The workflow's tasks."""
        return Publication(
            book=self.book,
            revisions=self.revisions,
            commitments=self.commitments,
            record=self.track,
            vault=self.vault,
            candles=self.candles,
            reference=self.reference,
            policies=self.rules,
            announcer=self.announcer,
            retention=timedelta(days=365),
            now=self.now,
        )

    @property
    def approval(self) -> Approval:
        """The person's side."""
        freshness = Freshness(self.candles, self.reference, self.now)
        return Approval(self.book, self.workflow, self.signers, self.rules, freshness, self.now)

    @property
    def recovery(self) -> Recovery:
        """Start and recovery."""
        patience = timedelta(seconds=60)
        return Recovery(self.book, self.revisions, self.workflow, self.approval, patience, self.now)

    @property
    def amending(self) -> Amending:
        """Cancellation, recall, revision."""
        return Amending(
            book=self.book,
            revisions=self.revisions,
            candles=self.candles,
            reference=self.reference,
            signers=self.signers,
            workflow=self.workflow,
            policies=self.rules,
            now=self.now,
        )

    @property
    def proposing(self) -> Proposing:
        """Drafts by hand."""
        return Proposing(
            book=self.book,
            candles=self.candles,
            reference=self.reference,
            signers=self.signers,
            policies=self.rules,
            now=self.now,
        )

    @property
    def watching(self) -> Watching:
        """The market consumer's use case."""
        return Watching(
            candles=self.candles,
            quotes=self.quotes,
            book=self.book,
            reference=self.reference,
            policies=self.rules,
            desk=DESK,
            ledger=self.ledger,
            now=self.now,
        )

    def drafted(self, **terms: Any) -> Signal:
        """Add a draft to the book and return it."""
        made = signal(self.at, **terms)
        self.book.draft(made, told(made))
        return made

    def published(self, **terms: Any) -> Signal:
        """Take a draft through the whole workflow and return it live."""
        made = self.drafted(**terms)
        self.run(made)
        found = self.book.find(made.id)
        assert found is not None
        return found

    def run(self, made: Signal) -> list[str]:
        """Run the tasks in the machine's order until one stops it; return the verdicts."""
        verdicts: list[str] = []
        steps = (Publication.screen, Publication.comply, Publication.approve)
        for step in (*steps, Publication.commit, Publication.publish):
            verdicts.append(step(self.publication, made.id))
            if verdicts[-1] in {"screened_out", "withdrawn", "waiting"}:
                break
        return verdicts

    def take(self, candles: Sequence[Candle]) -> None:
        """Hand candles to the market consumer's use case."""
        self.watching.take(dict.fromkeys(candles))
