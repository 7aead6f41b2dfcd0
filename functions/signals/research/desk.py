"""The desk in a backtest: ideas of one instrument become published signals by the live code."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import takewhile
from typing import Final

import talib

from signals.model.market import LENGTH, Candle, seen_from
from signals.model.outcome import Outcome, outcome
from signals.model.protection import Past
from signals.model.signal import Signal, Terms
from signals.policies import CompliancePolicy, ScreeningPolicy, protection, screening
from signals.research.deciding import Market
from signals.service.drafting import Desk, draft_from
from signals.strategies import Idea, Series

LONGEST_LIFE: Final = timedelta(days=60)
"""As in the publication: a signal that ended lately may have begun so long before."""
RECENT: Final = 50
"""Signals of one instrument the screening looks back at, as the live one does."""
RANGE_OF: Final = 14
BLOCK: Final = 32
"""Candles that are adjusted at a time while a signal is followed: most end within a few dozen."""


class Order:
    """A published signal to be traded on the next candle.

    ``atr`` is the average true range at the decision, 0 where no cost depends on it.
    """

    def __init__(self, signal: Signal, market: Market, index: int, atr: float) -> None:
        self.signal = signal
        self.atr = atr
        self._market = market
        self._index = index

    @property
    def terms(self) -> Terms:
        """What was recommended."""
        return self.signal.terms

    @cached_property
    def ended(self) -> Outcome | None:
        """How it ends by the live rule, None while live at the end; to be used once its time has come."""
        return outcome(self.terms, self._later())

    def _later(self) -> Iterator[Candle]:
        market, since = self._market, self.terms.candle_at
        for start in range(self._index + 1, len(market.candles), BLOCK):
            block = market.candles[start : start + BLOCK]
            yield from seen_from(block, market.splits, since) if market.splits else block


class Bar:
    """One candle as a position sees it: prices as traded, converted when they are asked for."""

    __slots__ = ("_candle", "_market", "at")

    def __init__(self, candle: Candle, market: Market) -> None:
        self.at = candle.closed_at
        self._candle = candle
        self._market = market

    @property
    def open(self) -> float:
        """The first price."""
        return float(self._candle.open)

    @property
    def close(self) -> float:
        """The last price."""
        return float(self._candle.close)

    def factor(self, since: datetime) -> float:
        """Return by what this candle's prices multiply to be compared with those of ``since``."""
        return float(self._market.factor(since, self.at)) if self._market.splits else 1.0


class Publisher:
    """Drafts, screens and follows the signals of one instrument; ``record`` has those of all, in order."""

    def __init__(
        self,
        market: Market,
        *,
        strategy: str,
        desk: Desk,
        compliance: CompliancePolicy,
        screening: ScreeningPolicy | None,
        record: list[Order],
        wants_range: bool,
    ) -> None:
        self._market = market
        self._strategy = strategy
        self._desk = desk
        self._compliance = compliance
        self._screening = screening
        self._record = record
        self._series = Series(market.candles, market.adjustments) if wants_range else None
        self._published: list[Order] = []

    @property
    def published(self) -> int:
        """How many signals passed."""
        return len(self._published)

    def bar(self, index: int) -> Bar:
        """Return candle ``index`` for the positions."""
        return Bar(self._market.candles[index], self._market)

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
            others = self._others(candle.closed_at)
            reasons = (
                *screening.findings(signal, self._screening, others),
                *protection.findings(signal, self._screening.protection, self._past(signal)),
            )
            if reasons:
                return f"screened out: {reasons[0].lower().replace('_', ' ')}"
        order = Order(signal, self._market, index, self._range(index))
        self._published.append(order)
        self._record.append(order)
        return order

    def _others(self, at: datetime) -> list[Signal]:
        """Return the recent signals in the state they had at ``at``."""
        return [_as_of(one, at) for one in self._published[-RECENT:]]

    def _past(self, signal: Signal) -> Iterator[Past]:
        """Give the recent signals of every instrument, as live, newest first."""
        assert self._screening is not None, "only a policy looks back"
        at, candle = signal.terms.candle_at, LENGTH[signal.terms.timeframe]
        since = at - self._screening.protection.looks_back(candle) - LONGEST_LIFE
        for one in takewhile(lambda order: order.terms.candle_at >= since, reversed(self._record)):
            yield Past.of(_as_of(one, at))

    def _range(self, index: int) -> float:
        if self._series is None:
            return 0.0
        window = self._series.until(index)
        if len(window) <= RANGE_OF:
            return 0.0
        return float(talib.ATR(window.high, window.low, window.close, RANGE_OF)[-1])


def _as_of(one: Order, at: datetime) -> Signal:
    ended = one.ended
    if ended is None or ended.at > at:
        return replace(one.signal, status="live")
    return replace(one.signal, status=ended.ending, closed_at=ended.at, exit_price=ended.exit_price)
