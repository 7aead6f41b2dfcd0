"""Watch the market: keep closed candles, show quotes, let strategies decide, end what reached its end."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kit import clock
from kit.errors import Retryable
from kit.events import Event
from kit.events.market_data import CandleClosed
from signals.errors import SignalChanged
from signals.model.market import Candle, Instrument, Quote, seen_from
from signals.model.outcome import Outcome, outcome
from signals.model.quality import Defect
from signals.model.signal import Signal
from signals.policies import Policies
from signals.ports import CandleStore, QuoteBoard, Reference, SignalBook
from signals.ports.quality import QualityLedger
from signals.service import facts
from signals.service.admitting import Admission, Admitted, OnStates, ignore
from signals.service.drafting import Desk, draft_from
from signals.strategies import ALL, WIDTH, Idea, Series, Strategy, Window

Cause = Event[CandleClosed] | None
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """What one call did: ``candles`` proved true, ``defects`` were refused; drafts made, signals ended."""

    candles: int = 0
    duplicates: int = 0
    out_of_order: int = 0
    defects: Sequence[Defect] = ()
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
    ledger: QualityLedger
    strategies: Sequence[Strategy] = ALL
    now: Callable[[], datetime] = clock.now
    on_states: OnStates = ignore

    @property
    def admission(self) -> Admission:
        """What judges and stores the candles before anybody decides on them."""
        return Admission(self.candles, self.ledger, self.reference, self.now, self.on_states)

    def take(self, closed: Mapping[Candle, Cause], repeated: Sequence[Candle] = ()) -> Watched:
        """Take newly closed candles of any symbols, each with the event that told of it.

        ``repeated`` are those that came more than once, for the count. What is no true candle is quarantined
        with its reason; the larger timeframes of the others follow as candles of their own. Raises
        ``Retryable`` when a store is away.
        """
        intake = self.admission.admit([*closed, *repeated], WIDTH)
        causes = {(one.symbol, one.closed_at): cause for one, cause in closed.items()}
        self._show(intake.series)
        drafted = ended = 0
        for one in intake.series:
            told = {at: causes.get((one.key.symbol, behind)) for at, behind in one.fresh.items()}
            drafted += self._draft(one.instrument, one.history, told)
            ended += self._close(one.history, told[max(told)])
        return Watched(
            sum(len(one.fresh) for one in intake.series),
            intake.duplicates,
            intake.out_of_order,
            intake.defects,
            drafted,
            ended,
        )

    def _show(self, series: Sequence[Admitted]) -> None:
        newest = [one.history[-1] for one in series if one.key.timeframe == one.instrument.base]
        try:
            self.quotes.post([Quote(one.symbol, one.close, one.closed_at) for one in newest])
        except Retryable as error:
            # a quote is a convenience, a signal is not: do not hold the second for the first
            _log.warning("quotes are not shown: %s", error)

    def _draft(
        self,
        instrument: Instrument,
        history: Sequence[Candle],
        fresh: Mapping[datetime, Cause],
    ) -> int:
        series = Series(history, self.reference.adjustments(instrument.symbol))
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

    def _close(self, history: Sequence[Candle], cause: Cause) -> int:
        newest, ended = history[-1], 0
        splits = self.reference.splits(newest.symbol)
        for signal in self.book.live(newest.symbol, newest.timeframe):
            path = seen_from(self._since(signal, history), splits, signal.terms.candle_at)
            found = outcome(signal.terms, path, signal.revisions)
            if found is not None:
                ended += self._end(signal, found, cause)
        return ended

    def _since(self, signal: Signal, history: Sequence[Candle]) -> list[Candle]:
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
