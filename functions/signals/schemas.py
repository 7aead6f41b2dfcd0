"""What crosses HTTP. Prices are decimal strings on their tick; times RFC 3339 UTC."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from kit.http import Body, PageQuery, View
from signals.model.commitment import ALGORITHM
from signals.model.market import Timeframe
from signals.model.signal import Horizon, Side, Status, Step
from signals.service.reading import Proof

Symbol = Annotated[str, Field(pattern=r"^[A-Z0-9._-]{1,20}$")]


class SignalQueryIn(PageQuery):
    """Filters of the list."""

    status: Status | None = None
    symbol: Symbol | None = None


class CandleQueryIn(Body):
    """Which candles: the newest ``limit`` that closed until ``until``."""

    timeframe: Timeframe = "1d"
    limit: int = Field(default=200, ge=1, le=1000)
    until: AwareDatetime | None = None


class ApprovalIn(Body):
    """A person's decision about a waiting signal."""

    decision: Literal["approve", "decline"]
    note: str = Field(default="", max_length=500)


class TermsView(View):
    """What is recommended."""

    symbol: str
    timeframe: Timeframe
    strategy: str
    candle_at: datetime
    side: Side
    entry: Decimal
    stop: Decimal
    targets: tuple[Decimal, ...]
    currency: str
    tick: Decimal
    confidence: int
    horizon: Horizon
    expires_at: datetime
    rationale: str
    disclaimer: str
    analyst: str
    ai_generated: bool | None
    warnings: tuple[str, ...]


class SignalView(View):
    """A signal and where it is in its life; ``closed_at`` is market time, ``mfe`` and ``mae`` price units."""

    id: str
    status: Status
    version: int
    terms: TermsView
    drafted_at: datetime
    published_at: datetime | None
    closed_at: datetime | None
    exit_price: Decimal | None
    mfe: Decimal | None
    mae: Decimal | None


class DecisionView(View):
    """One answer of the gate."""

    step: Step
    policy_version: str
    passed: bool
    reasons: tuple[str, ...]
    decided_by: str
    decided_at: datetime
    note: str


class DecisionsView(View):
    """All answers of the gate about one signal, oldest first."""

    items: tuple[DecisionView, ...]


class ProofView(View):
    """A promise, and what it hid once that may be shown: verify it with ``python -m treum_verify``.

    ``hash`` is SHA-256 over the bytes of ``payload`` followed by the bytes of ``nonce`` (hex). ``document``
    is where the hash was written under Object Lock before the signal was published.
    """

    signal_id: str
    analyst: str
    number: int
    algorithm: str
    hash: str
    previous: str
    committed_at: datetime
    document: str
    status: Status
    published_at: datetime | None
    payload: str | None
    nonce: str | None


class InstrumentView(View):
    """Something that has a price."""

    symbol: str
    name: str
    kind: str
    currency: str
    tick: Decimal


class InstrumentsView(View):
    """Every instrument, by symbol."""

    items: tuple[InstrumentView, ...]


class CandleView(View):
    """One closed candle, as traded."""

    closed_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int


class CandlesView(View):
    """Candles, oldest first."""

    symbol: str
    timeframe: Timeframe
    items: tuple[CandleView, ...]


class QuoteView(View):
    """The newest price and its market time."""

    symbol: str
    price: Decimal
    at: datetime


class StatsView(View):
    """Counts of all time: ``published`` are live or were."""

    generated: int
    screened_out: int
    published: int
    by_status: dict[Status, int]


def proof_view(proof: Proof) -> ProofView:
    """Return the public form of ``proof``: payload and nonce only where they are revealed."""
    commitment, sealed = proof.commitment, proof.commitment.sealed
    return ProofView(
        signal_id=sealed.signal_id,
        analyst=sealed.analyst,
        number=commitment.number,
        algorithm=ALGORITHM,
        hash=sealed.hash,
        previous=commitment.previous,
        committed_at=commitment.committed_at,
        document=proof.address,
        status=proof.signal.status,
        published_at=proof.signal.published_at,
        payload=sealed.canonical if proof.revealed else None,
        nonce=sealed.nonce.hex() if proof.revealed else None,
    )
