"""Watch the market: keep closed candles, show quotes, let strategies decide, end what reached its end."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from kit import clock
from kit.errors import Retryable
from kit.events import Event
from kit.events.market_data import CandleClosed
from signals.errors import SignalChanged, UnknownSymbol
from signals.model.market import Candle, Instrument, Quote, seen_from
from signals.model.outcome import Outcome, outcome
from signals.model.signal import Signal
from signals.policies import Policies
from signals.ports import CandleStore, QuoteBoard, Reference, SignalBook
from signals.service import facts
from signals.service.drafting import Desk, draft_from
from signals.strategies import ALL, WIDTH, Idea, Series, Strategy, Window

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
        return self.book.draft(signal, facts.drafted(signal, cause))

    def _close(self, history: list[Candle], cause: Cause) -> int:
        newest, ended = history[-1], 0
        splits = self.reference.splits(newest.symbol)
        for signal in self.book.live(newest.symbol, newest.timeframe):
            path = seen_from(self._since(signal, history), splits, signal.terms.candle_at)
            found = outcome(signal.terms, path, signal.revisions)
            if found is not None:
                ended += self._end(signal, found, cause)
        return ended

    def _since(self, signal: Signal, history: list[Candle]) -> list[Candle]:
        """Return every candle since ``signal`` went live; the store knows those before ``history``."""
        start, newest = signal.live_from or signal.terms.candle_at, history[-1]
        if history[0].closed_at <= start:
            return [one for one in history if one.closed_at > start]
        return self.candles.between(newest.symbol, newest.timeframe, start, newest.closed_at)

    def _end(self, signal: Signal, found: Outcome, cause: Cause) -> bool:
        ended = replace(
            signal.to(found.ending),
            closed_at=found.at,
            exit_price=found.exit_price,
            mfe=found.mfe,
            mae=found.mae,
        )
        try:
            self.book.save(ended, facts.closed(ended, found, cause))
        except SignalChanged:
            return False  # a person cancelled it at this moment, or a twin of us was first
        return True
