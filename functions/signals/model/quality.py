"""Which candles are true: what cannot be one, what contradicts reference data, what jumps.

Judging is a fold over candles in order of time, so the order in which they arrive decides nothing: a jump is
measured from the last candle that was accepted, and of several versions the fullest stays that is none.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final, Literal, NamedTuple

from signals.model.market import Adjustment, Candle, Instrument, Kind, Timeframe, divisor

Reason = Literal[
    "unreadable", "not_finite", "not_positive", "range_broken", "negative_volume", "unknown_symbol",
    "not_offered", "off_grid", "in_future", "jump", "superseded",
]  # fmt: skip
HELD: Final[tuple[Reason, ...]] = ("jump", "superseded")
"""Refused for what stands beside them, so that they may prove true when that changes."""
FIELDS: Final = ("open", "high", "low", "close")


class SeriesKey(NamedTuple):
    """Candles of one symbol and timeframe."""

    symbol: str
    timeframe: Timeframe


@dataclass(frozen=True, slots=True)
class Defect:
    """What is kept of a candle that is not stored: why, and the row as it came (see :func:`row_of`)."""

    symbol: str
    timeframe: str
    closed_at: str
    reason: Reason
    detail: str
    row: str

    @property
    def id(self) -> str:
        """The same defect twice has the same id."""
        named = f"{self.symbol}|{self.timeframe}|{self.closed_at}|{self.reason}|{self.row}"
        return sha256(named.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SeriesState:
    """What was accepted of a series so far; ``revision`` counts how often its past was rewritten.

    ``held_at`` is the newest close of what :data:`HELD` keeps: a later arrival may have it judged anew.
    """

    first_at: datetime
    last_at: datetime
    revision: int = 0
    held_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What one batch did to a series; counts are added to those before, times widen them."""

    key: SeriesKey
    received: int = 0
    stored: int = 0
    duplicates: int = 0
    out_of_order: int = 0
    off_session: int = 0
    rewritten: bool = False
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeriesQuality:
    """The record of a series: what arrived, what is stored, what was refused and why.

    ``stored - off_session`` of the candles that the session calendar has from ``first_at`` to ``last_at``
    are there: the rest is missing.
    """

    key: SeriesKey
    received: int = 0
    stored: int = 0
    duplicates: int = 0
    out_of_order: int = 0
    off_session: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    corrupt: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Jumps:
    """By what factor a price may differ from the last close, by kind and timeframe (``*``: any other)."""

    within: timedelta
    factors: Mapping[str, Mapping[str, Decimal]]

    def limit(self, kind: Kind, timeframe: Timeframe) -> Decimal:
        """Return the factor for one kind of instrument."""
        of_kind = self.factors[kind]
        return of_kind.get(timeframe, of_kind["*"])


def row_of(candle: Candle) -> str:
    """Return ``candle`` as a row of a tape: ``symbol,ts,open,high,low,close,volume``."""
    prices = ",".join(str(getattr(candle, name)) for name in FIELDS)
    return f"{candle.symbol},{stamp(candle.closed_at)},{prices},{candle.volume}"


def from_row(row: str, timeframe: Timeframe) -> Candle:
    """Return the candle that :func:`row_of` wrote."""
    symbol, at, *prices, volume = row.split(",")
    opened, high, low, close = map(Decimal, prices)
    return Candle(symbol, timeframe, datetime.fromisoformat(at), opened, high, low, close, int(volume))


def stamp(at: datetime) -> str:
    """Return an instant as the tapes write it."""
    return at.isoformat().replace("+00:00", "Z")


def defect(candle: Candle, reason: Reason, detail: str) -> Defect:
    """Return why ``candle`` is refused."""
    return Defect(candle.symbol, candle.timeframe, stamp(candle.closed_at), reason, detail, row_of(candle))


def flaw(candle: Candle, instrument: Instrument | None, now: datetime) -> Defect | None:
    """Return what is wrong with ``candle`` whatever came before it; None when nothing is."""
    if instrument is None:
        return defect(candle, "unknown_symbol", "no instrument has this symbol")
    if candle.timeframe != instrument.base:
        return defect(candle, "not_offered", f"the feed of this instrument gives {instrument.base}")
    if candle.volume < 0:
        return defect(candle, "negative_volume", "a volume is never negative")
    if candle.closed_at > now:
        return defect(candle, "in_future", f"it closes after {stamp(now)}")
    if not instrument.session.on_grid(candle.closed_at, candle.timeframe):
        where = f"no {candle.timeframe} candle of {instrument.session.name} closes then"
        return defect(candle, "off_grid", where)
    return None


def fullness(candle: Candle) -> tuple[int, Decimal, Decimal, Decimal, Decimal]:
    """Return what orders the versions of one candle: volume, then range, then any fixed order."""
    return candle.volume, candle.high - candle.low, candle.high, candle.open, candle.close


@dataclass(frozen=True, slots=True)
class Judge:
    """Tells jumps from moves, for one instrument and timeframe; without ``limit`` everything is accepted."""

    limit: Decimal | None
    within: timedelta
    adjustments: Sequence[Adjustment] = ()

    def fold(
        self, before: Candle | None, instants: Iterable[Collection[Candle]]
    ) -> tuple[list[Candle], dict[Candle, tuple[Reason, str]]]:
        """Return those accepted, and those refused with reason and words.

        ``instants`` are the versions of each candle, oldest first. The fullest that is no jump is accepted.
        """
        accepted: list[Candle] = []
        refused: dict[Candle, tuple[Reason, str]] = {}
        for versions in instants:
            last = before
            for one in sorted(versions, key=fullness, reverse=True):
                jump = self.jump(last, one)
                if jump:
                    refused[one] = "jump", jump
                elif before is last:
                    accepted.append(one)
                    before = one
                else:
                    refused[one] = "superseded", "a fuller version of the same candle is there"
        return accepted, refused

    def jump(self, before: Candle | None, candle: Candle) -> str:
        """Return what jumped in words; empty when ``candle`` may follow ``before``."""
        if self.limit is None or before is None or candle.closed_at - before.closed_at > self.within:
            return ""
        close = before.close / divisor(self.adjustments, before.closed_at, candle.closed_at)
        worst = max(candle.high / close, close / candle.low)
        if worst <= self.limit:
            return ""
        return f"{worst:.2f} times away from the last close {close:.6g}; {self.limit:g} is allowed"
