"""Watch the market: keep closed candles, show quotes, let strategies decide, end what reached its end."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from kit import clock, events
from kit.errors import Retryable
from kit.events import Event
from kit.events.market_data import CandleClosed
from kit.events.trading_signals import SignalClosed
from signals.errors import SignalChanged, UnknownSymbol
from signals.model.market import Candle, Instrument, Quote, seen_from
from signals.model.outcome import Outcome, outcome
from signals.model.signal import Signal
from signals.policies import Policies
from signals.ports import CandleStore, QuoteBoard, Reference, SignalBook
from signals.service.drafting import Desk, draft_from, drafted
from signals.strategies import ALL, WIDTH, Idea, Series, Strategy, Window

RELATED = 50
"""Signals of one instrument that are looked at: more are never open at once under the cooldown."""
Cause = Event[CandleClosed] | None
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """How many candles were taken, drafts made and signals ended by one call."""

    candles: int = 0
    drafted: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True)
class Watching:
    """The market consumer's use case; a candle delivered twice changes nothing."""

    candles: CandleStore
    quotes: QuoteBoard
    book: SignalBook
    reference: Reference
    policies: Policies
    desk: Desk
    strategies: Sequence[Strategy] = ALL
    now: Callable[[], datetime] = clock.now

    def take(self, closed: Mapping[Candle, Cause]) -> Watched:
        """Take newly closed candles of any symbols, each with the event that told of it.

        Raises ``Retryable`` when a store is away, :class:`UnknownSymbol` for a stranger.
        """
        total = Watched()
        ordered = sorted(closed, key=lambda one: (one.symbol, one.timeframe, one.closed_at))
        for (symbol, _), group in groupby(ordered, key=lambda one: (one.symbol, one.timeframe)):
            instrument = self.reference.instrument(symbol)
            if instrument is None:
                raise UnknownSymbol(f"a candle came for {symbol}, which is no instrument of ours")
            one = self._take(instrument, {candle: closed[candle] for candle in group})
            total = Watched(
                total.candles + one.candles, total.drafted + one.drafted, total.closed + one.closed
            )
        return total

    def _take(self, instrument: Instrument, new: Mapping[Candle, Cause]) -> Watched:
        newest = [*new][-1]
        self.candles.save([*new])
        self._show(newest)
        history = self.candles.last(newest.symbol, newest.timeframe, newest.closed_at, WIDTH + len(new) - 1)
        made = self._draft(instrument, history, {one.closed_at: cause for one, cause in new.items()})
        return Watched(len(new), made, self._close(history, new[newest]))

    def _show(self, newest: Candle) -> None:
        try:
            self.quotes.post([Quote(newest.symbol, newest.close, newest.closed_at)])
        except Retryable as error:
            # a quote is a convenience, a signal is not: do not hold the second for the first
            _log.warning("the quote of %s is not shown: %s", newest.symbol, error)

    def _draft(
        self,
        instrument: Instrument,
        history: list[Candle],
        fresh: Mapping[datetime, Cause],
    ) -> int:
        series = Series(history, self.reference.splits(instrument.symbol))
        now, made = self.now(), 0
        policy = self.policies.compliance_on(now.date())
        for index, candle in enumerate(history):
            if candle.closed_at not in fresh:
                continue
            for idea, strategy in self._ideas(series.until(index)):
                signal = draft_from(
                    idea,
                    strategy=strategy.name,
                    candle=candle,
                    instrument=instrument,
                    desk=self.desk,
                    policy=policy,
                    now=now,
                )
                made += signal is not None and self._keep(signal, fresh[candle.closed_at])
        return made

    def _ideas(self, window: Window) -> Iterator[tuple[Idea, Strategy]]:
        for strategy in self.strategies:
            idea = strategy.decide(window)
            if idea is not None:
                yield idea, strategy

    def _keep(self, signal: Signal, cause: Cause) -> bool:
        event = events.new(drafted(signal), subject=signal.id, version=signal.version, cause=cause)
        return self.book.draft(signal, event)

    def _close(self, history: list[Candle], cause: Cause) -> int:
        newest, ended = history[-1], 0
        splits = self.reference.splits(newest.symbol)
        for signal in self.book.related(newest.symbol, newest.timeframe, RELATED):
            if signal.status != "live" or signal.live_from is None:
                continue
            later = [one for one in history if one.closed_at > signal.live_from]
            found = outcome(signal.terms, seen_from(later, splits, signal.terms.candle_at))
            if found is not None:
                ended += self._end(signal, found, cause)
        return ended

    def _end(self, signal: Signal, found: Outcome, cause: Cause) -> bool:
        ended = replace(
            signal.to(found.ending),
            closed_at=found.at,
            exit_price=found.exit_price,
            mfe=found.mfe,
            mae=found.mae,
        )
        fact = SignalClosed(
            signal_id=signal.id,
            symbol=signal.terms.symbol,
            outcome=found.ending,
            exit_price=found.exit_price,
            mfe=found.mfe,
            mae=found.mae,
            closed_at=found.at,
        )
        try:
            self.book.save(ended, events.new(fact, subject=signal.id, version=ended.version, cause=cause))
        except SignalChanged:
            return False  # a person cancelled it at this moment, or a twin of us was first
        return True
