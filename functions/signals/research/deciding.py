"""Ask the live strategies: each candle is decided on by the same code and window as in production."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from signals.model.market import Adjustment, Candle, Instrument, Split, divisor
from signals.strategies import WIDTH, Idea, Series, Strategy


@dataclass(frozen=True, slots=True)
class Market:
    """Candles of one instrument and timeframe as traded, oldest first.

    As live, a strategy sees them with all ``adjustments`` (splits and dividends), while what was bought,
    its stop and its targets follow ``splits`` alone.
    """

    instrument: Instrument
    candles: Sequence[Candle]
    splits: Sequence[Split] = ()
    adjustments: Sequence[Adjustment] = ()

    @property
    def symbol(self) -> str:
        """The instrument's symbol."""
        return self.instrument.symbol

    def factor(self, since: datetime, until: datetime) -> Decimal:
        """Return by what a price of ``until`` multiplies to be compared with one of ``since``."""
        return divisor(self.splits, since, until)

    def until(self, instant: datetime) -> "Market":
        """Return the market as it was known at ``instant``: nothing that closed later is in it."""
        known = bisect_right(self.candles, instant, key=lambda one: one.closed_at)
        return replace(self, candles=self.candles[:known])


@dataclass(frozen=True, slots=True)
class Decided:
    """What a strategy called for when the candle of ``at`` closed."""

    symbol: str
    at: datetime
    idea: Idea


def decide(
    strategy: Strategy, market: Market, first: datetime | None = None, last: datetime | None = None
) -> list[Decided]:
    """Return every idea of ``strategy`` on candles closed from ``first`` to ``last``, both included.

    Candles before ``first`` only fill the window. A decision depends on the last ``WIDTH`` candles alone, so
    a span decided in parts gives what it gives in one, as long as each part brings ``WIDTH`` - 1 before it.
    """
    series = Series(market.candles, market.adjustments)
    return list(_decided(strategy, series, market, first, last))


def _decided(
    strategy: Strategy, series: Series, market: Market, first: datetime | None, last: datetime | None
) -> Iterator[Decided]:
    for index, candle in enumerate(market.candles):
        if first is not None and candle.closed_at < first:
            continue
        if last is not None and candle.closed_at > last:
            return
        idea = strategy.decide(series.until(index))
        if idea is not None:
            yield Decided(market.symbol, candle.closed_at, idea)


@dataclass(frozen=True, slots=True)
class Span:
    """Candles to decide on, both ends included; those from ``known_from`` on have to be loaded for it."""

    known_from: datetime
    first: datetime
    last: datetime


def spans(times: Sequence[datetime], first: datetime, last: datetime, most: int) -> list[Span]:
    """Cut the candles closed at ``times`` from ``first`` to ``last`` into spans of up to ``most``."""
    inside = [index for index, at in enumerate(times) if first <= at <= last]
    found = []
    for start in range(0, len(inside), most):
        span = inside[start : start + most]
        found.append(Span(times[max(0, span[0] - WIDTH + 1)], times[span[0]], times[span[-1]]))
    return found
