"""Ports of the market: tapes, the bus of candles, their store, quotes, reference data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from kit.events import Event
from kit.events.market_data import CandleClosed
from signals.model.market import Adjustment, Candle, Instrument, Quote, Split, Timeframe
from signals.model.quality import Defect, Jumps


@dataclass(frozen=True, slots=True)
class TapePosition:
    """How far a tape was published: ``row`` rows of lap ``lap``; ``refused`` counts what was too young."""

    tape: str
    lap: int = 0
    row: int = 0
    refused: int = 0


class Feed(Protocol):
    """Where candles come from: a recorded tape here, a licensed source elsewhere."""

    @property
    def tape(self) -> str:
        """The name its position is kept under."""

    def rows(self, row: int, count: int) -> Sequence[Candle | Defect]:
        """Return up to ``count`` rows from ``row`` on, oldest first, each as what it is; empty at the end."""


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
    """Closed candles by symbol, timeframe and time; one of the same time replaces the one before it."""

    def save(self, candles: Sequence[Candle]) -> None:
        """Keep ``candles``."""

    def remove(self, candles: Sequence[Candle]) -> None:
        """Forget ``candles``, which proved untrue; those that are not there are no error."""

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
        """Return the splits of ``symbol``, oldest first."""

    def adjustments(self, symbol: str) -> Sequence[Adjustment]:
        """Return splits and dividends of ``symbol``: what moves its price without a trade."""

    def jumps(self) -> Jumps:
        """Return how far a price may lie from the last close."""

    def registered(self, analyst: str, day: date) -> bool:
        """Whether ``analyst`` was registered on ``day``."""
