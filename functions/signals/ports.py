"""What the use cases need, in the domain's words. A method that changes state is one atomic command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from kit.events import Event
from kit.events.market_data import CandleClosed
from signals.model.access import Access
from signals.model.commitment import Commitment, Sealed
from signals.model.market import Candle, Instrument, Quote, Split, Timeframe
from signals.model.signal import AnalystId, Decision, Signal, SignalId, Status


@dataclass(frozen=True, slots=True)
class TapePosition:
    """How far a tape was published: ``row`` rows of lap ``lap``; ``refused`` counts what was too young."""

    tape: str
    lap: int = 0
    row: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class SignalQuery:
    """Which signals to list, newest publication first. ``after`` is the (time, id) the last page ended at."""

    access: Access
    now: datetime
    limit: int
    statuses: tuple[Status, ...] = ()
    symbol: str | None = None
    after: tuple[datetime, SignalId] | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A workflow that waits for a person: its task token, and until when somebody may decide."""

    signal_id: SignalId
    token: str
    due_at: datetime


class Feed(Protocol):
    """Where candles come from: a recorded tape here, a licensed source elsewhere."""

    @property
    def tape(self) -> str:
        """The name its position is kept under."""

    def read(self, row: int, count: int) -> Sequence[Candle]:
        """Return up to ``count`` candles from ``row`` on, oldest first; empty at the end."""


class TapePositions(Protocol):
    """How far each tape was published."""

    def find(self, tape: str) -> TapePosition:
        """Return the position of ``tape``, the start when it was never read."""

    def move(self, before: TapePosition, after: TapePosition) -> bool:
        """Replace ``before`` by ``after``; False when somebody else moved it first."""


class MarketData(Protocol):
    """The bus of closed candles."""

    def publish(self, closed: Sequence[Event[CandleClosed]]) -> None:
        """Return when all of ``closed`` are acknowledged. Raises ``Retryable``."""


class CandleStore(Protocol):
    """Closed candles by symbol, timeframe and time; saving one again changes nothing."""

    def save(self, candles: Sequence[Candle]) -> None:
        """Keep ``candles``."""

    def last(self, symbol: str, timeframe: Timeframe, until: datetime, count: int) -> list[Candle]:
        """Return the newest ``count`` candles that closed at or before ``until``, oldest first."""

    def between(self, symbol: str, timeframe: Timeframe, after: datetime, until: datetime) -> list[Candle]:
        """Return the candles that closed after ``after`` and at or before ``until``, oldest first."""


class QuoteBoard(Protocol):
    """The newest price of each symbol; losing it loses nothing that cannot be read again."""

    def post(self, quotes: Sequence[Quote]) -> None:
        """Show ``quotes``; an older one never replaces a newer one."""

    def find(self, symbol: str) -> Quote | None:
        """Return the newest quote."""


class Reference(Protocol):
    """Slow facts that come with the code: instruments, splits, the register of analysts."""

    def instrument(self, symbol: str) -> Instrument | None:
        """Return the instrument."""

    def instruments(self) -> Sequence[Instrument]:
        """Return every instrument, by symbol."""

    def splits(self, symbol: str) -> Sequence[Split]:
        """Return the splits of ``symbol``."""

    def registered(self, analyst: str, day: date) -> bool:
        """Whether ``analyst`` was registered on ``day``."""


class SignalBook(Protocol):
    """Signals, the decisions about them and the events they cause, always written together."""

    def draft(self, signal: Signal, event: Event[Any]) -> bool:
        """Add a draft and its event; False when it exists already."""

    def find(self, signal_id: SignalId) -> Signal | None:
        """Return the signal whoever asks: the use case decides who may see it."""

    def page(self, query: SignalQuery) -> list[Signal]:
        """Return what ``query`` asks and its access allows."""

    def related(self, symbol: str, timeframe: Timeframe, limit: int) -> list[Signal]:
        """Return signals past screening of one instrument and timeframe, newest candle first."""

    def save(self, signal: Signal, event: Event[Any], decision: Decision | None = None) -> None:
        """Replace version ``signal.version - 1``. Raises ``SignalChanged`` when it is not the newest."""

    def publish(self, signal: Signal, day: date, event: Event[Any]) -> Signal:
        """Do as :meth:`save` and give the signal its rank of ``day``; return it with the rank."""

    def record(self, decision: Decision) -> None:
        """Keep a decision that lets the signal pass; the first one for a step stands."""

    def decisions(self, signal_id: SignalId) -> list[Decision]:
        """Return the decisions about a signal, oldest first."""

    def wait(self, signal: Signal, waiting: Waiting) -> None:
        """Keep the token; move the signal to awaiting approval unless it is there (no event: staff only)."""

    def waiting(self, signal_id: SignalId) -> Waiting | None:
        """Return the newest token that waits for a decision."""

    def overdue(self, now: datetime, limit: int) -> list[Signal]:
        """Return signals that nobody decided about in time."""

    def take_stuck(self, before: datetime, now: datetime, limit: int) -> list[tuple[SignalId, int]]:
        """Return unfinished signals last driven before ``before`` and the number of this new attempt."""

    def counts(self) -> Mapping[Status, int]:
        """Return how many signals are in each status."""


class CommitmentLog(Protocol):
    """Numbered promises, without gaps per analyst."""

    def append(self, sealed: Sealed) -> Commitment:
        """Number ``sealed`` under the analyst's lock; return the earlier one when the signal has one."""

    def kept(self, commitment: Commitment, at: datetime) -> Commitment:
        """Note that the locked store has its document."""

    def find(self, signal_id: SignalId) -> Commitment | None:
        """Return the commitment of a signal."""

    def page(self, analyst: AnalystId, after: int, limit: int) -> list[Commitment]:
        """Return commitments with a number above ``after``, in order."""


class Vault(Protocol):
    """The locked store: what is written there cannot be changed or deleted."""

    def keep(self, key: str, document: bytes, until: datetime) -> None:
        """Write ``document`` under ``key``, locked until ``until``. Raises ``Retryable``."""

    def address(self, key: str) -> str:
        """Return where ``key`` lies, for people and proofs."""


class PublicationWorkflow(Protocol):
    """The state machine that takes a draft to its publication."""

    def start(self, signal_id: SignalId, attempt: str = "") -> bool:
        """Start the execution named by the signal (and the attempt after the first); False when it exists."""

    def answer(self, token: str, output: Mapping[str, str]) -> bool:
        """Resume the task that waits on ``token``; False when it waits no longer."""


class Announcer(Protocol):
    """Sends what the outbox holds at once, on the signal path."""

    def announce(self, signal_id: SignalId) -> None:
        """Publish the signal's unpublished events in order."""
