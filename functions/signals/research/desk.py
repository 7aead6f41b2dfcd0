"""The desk in a backtest: ideas of one instrument become published signals by the live code."""

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import talib

from signals.model.market import divisor, seen_from
from signals.model.outcome import Outcome, outcome
from signals.model.signal import Signal, Terms
from signals.policies import CompliancePolicy, ScreeningPolicy
from signals.policies.screening import findings
from signals.research.deciding import Market
from signals.service.drafting import Desk, draft_from
from signals.strategies import Idea, Series

RECENT: Final = 50
"""Signals of one instrument the screening looks back at, as the live one does."""
RANGE_OF: Final = 14


@dataclass(frozen=True, slots=True)
class Order:
    """A published signal to be traded on the next candle. ``ended`` is looked at when its time has come.

    ``atr`` is the average true range at the decision, 0 where no cost depends on it.
    """

    signal: Signal
    ended: Outcome | None
    atr: float

    @property
    def terms(self) -> Terms:
        """What was recommended."""
        return self.signal.terms


@dataclass(frozen=True, slots=True)
class Bar:
    """What a position sees of one candle as traded; ``seen_at`` tells prices of which instant to compare."""

    at: datetime
    open: float
    close: float
    market: Market

    def factor(self, since: datetime) -> float:
        """Return by what this candle's prices multiply to be compared with those of ``since``."""
        return float(divisor(self.market.splits, since, self.at)) if self.market.splits else 1.0


class Publisher:
    """Drafts, screens and follows the signals of one instrument."""

    def __init__(
        self,
        market: Market,
        *,
        strategy: str,
        desk: Desk,
        compliance: CompliancePolicy,
        screening: ScreeningPolicy | None,
        wants_range: bool,
    ) -> None:
        self._market = market
        self._strategy = strategy
        self._desk = desk
        self._compliance = compliance
        self._screening = screening
        self._series = Series(market.candles, market.splits) if wants_range else None
        self._times = [one.closed_at for one in market.candles]
        self._published: list[tuple[Signal, Outcome | None]] = []

    @property
    def published(self) -> int:
        """How many signals passed."""
        return len(self._published)

    def bar(self, index: int) -> Bar:
        """Return candle ``index`` for the positions."""
        one = self._market.candles[index]
        return Bar(one.closed_at, float(one.open), float(one.close), self._market)

    def publish(self, index: int, idea: Idea) -> Order | str:
        """Return the order that ``idea`` on candle ``index`` becomes, or why there is none."""
        candle = self._market.candles[index]
        signal = draft_from(
            idea,
            strategy=self._strategy,
            candle=candle,
            instrument=self._market.instrument,
            desk=self._desk,
            policy=self._compliance,
            now=candle.closed_at,
        )
        if signal is None:
            return "off the price grid"
        if self._screening is not None:
            reasons = findings(signal, self._screening, self._others(candle.closed_at))
            if reasons:
                return f"screened out: {reasons[0].lower().replace('_', ' ')}"
        ended = self._outcome(signal.terms, index)
        self._published.append((signal, ended))
        return Order(signal, ended, self._range(index))

    def _outcome(self, terms: Terms, index: int) -> Outcome | None:
        last = bisect_left(self._times, terms.expires_at, lo=index + 1)
        later = self._market.candles[index + 1 : last + 1]
        return outcome(terms, seen_from(later, self._market.splits, terms.candle_at))

    def _others(self, at: datetime) -> list[Signal]:
        """Return the recent signals in the state they had at ``at``."""
        return [
            replace(signal, status=ended.ending if ended is not None and ended.at <= at else "live")
            for signal, ended in self._published[-RECENT:]
        ]

    def _range(self, index: int) -> float:
        if self._series is None:
            return 0.0
        window = self._series.until(index)
        if len(window) <= RANGE_OF:
            return 0.0
        return float(talib.ATR(window.high, window.low, window.close, RANGE_OF)[-1])
