"""Working a backtest off: plan, decide slice by slice, conclude, report. Every task may run again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from kit import clock
from kit.errors import Rejected
from signals.errors import BacktestNotFound, UnfitBacktest
from signals.model.backtest import AT_WORK, Backtest, BacktestId, Step
from signals.policies import Policies
from signals.ports import CandleStore, Reference
from signals.ports.research import BacktestBook, BacktestMachine, ReportArchive
from signals.research.deciding import Decided, Market, decide, spans
from signals.research.engine import Rules
from signals.research.finding import Finding, Study
from signals.research.report.page import page
from signals.research.report.paper import paper
from signals.research.search import grid
from signals.research.study import Material, conclude, variants
from signals.research.wanted import study_of
from signals.service.drafting import Desk
from signals.strategies import ALL, WIDTH, Strategy

SLICE: Final = 4000
"""Candles a slice decides on: a second or two, so that progress shows and a lost worker costs little."""
MOST_CANDLES: Final = 400_000
MOST_STEPS: Final = 20_000_000
"""Candles times trials times folds that are traded in the conclusion: about a minute."""
ATTEMPTS: Final = 5
SLICES_KEPT: Final = timedelta(days=1)
ORDERS_KEPT: Final = timedelta(days=90)
"""As long as the bucket keeps the reports."""
BATCH: Final = 20
_BEFORE: Final = timedelta(microseconds=1)
Verdict = Literal["go", "ended"]


@dataclass(frozen=True, slots=True)
class Work:
    """What a slice decides: ``variant`` of the study's strategies on one instrument's candles."""

    variant: int
    symbol: str
    known_from: datetime
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Backtesting:
    """The workers' use cases; a slice is ``slice_of`` candles, a backtest at most ``most`` decisions."""

    book: BacktestBook
    candles: CandleStore
    reference: Reference
    policies: Policies
    desk: Desk
    archive: ReportArchive
    machine: BacktestMachine
    patience: timedelta
    strategies: tuple[Strategy, ...] = tuple(ALL)
    slice_of: int = SLICE
    most: int = MOST_CANDLES
    most_steps: int = MOST_STEPS
    now: Callable[[], datetime] = clock.now

    def plan(self, backtest_id: BacktestId) -> list[int]:
        """Lay out the slices; return their numbers, none when the backtest has ended (or does here)."""
        asked = self._at_work(backtest_id, "planning")
        if asked is None:
            return []
        try:
            works = self._works(asked)
        except Rejected as error:
            self.book.end(backtest_id, "failed", str(error), self.now())
            return []
        self.book.plan(backtest_id, [msgspec.json.encode(one).decode() for one in works], self.now())
        self.book.advance(backtest_id, "deciding", 0.0, self.now())
        return [*range(len(works))]

    def decide(self, backtest_id: BacktestId, number: int) -> None:
        """Decide one slice, unless that was done or the backtest has ended."""
        asked, piece = self._find(backtest_id), self.book.slice(backtest_id, number)
        if asked.status not in AT_WORK or piece is None or piece.decided is not None:
            return
        work = msgspec.json.decode(piece.work, type=Work)
        study, strategy = study_of(asked.wanted, self.reference, self.strategies)
        chosen = variants(strategy, study)[0][work.variant]
        market = self._market(work.symbol, study, work.known_from, work.last)
        found = decide(chosen, market, work.first, work.last)
        self.book.decide(backtest_id, number, msgspec.json.encode(found).decode(), self.now())

    def conclude(self, backtest_id: BacktestId) -> Verdict:
        """Put the slices together and keep the finding."""
        asked = self._at_work(backtest_id, "concluding")
        if asked is None:
            return "ended"
        if self.book.finding(backtest_id) is None:
            try:
                found = self._conclude(asked)
            except Rejected as error:
                self.book.end(backtest_id, "failed", str(error), self.now())
                return "ended"
            self.book.conclude(backtest_id, msgspec.json.encode(found).decode(), self.now())
        return "go"

    def report(self, backtest_id: BacktestId) -> Verdict:
        """Write page and paper, and end it well. A second time writes the same over the first."""
        asked = self._at_work(backtest_id, "reporting")
        text = self.book.finding(backtest_id)
        if asked is None or text is None:
            return "ended"
        finding = msgspec.json.decode(text, type=Finding)
        self.archive.keep(backtest_id, "html", page(finding).encode())
        self.archive.keep(backtest_id, "pdf", paper(finding))
        self.book.end(backtest_id, "done", "", self.now())
        return "ended"

    def resume(self) -> int:
        """Start again what nobody touched within ``patience``; return how many. Five times are enough.

        What ended long ago is forgotten on the way.
        """
        now, started = self.now(), 0
        self.book.forget(now - SLICES_KEPT, now - ORDERS_KEPT)
        for backtest_id, attempt in self.book.take_stuck(now - self.patience, now, BATCH):
            if attempt > ATTEMPTS:
                self.book.end(backtest_id, "failed", "It broke off five times: order it again, smaller", now)
                continue
            started += self.machine.start(backtest_id) or self.machine.start(backtest_id, attempt)
        return started

    def _at_work(self, backtest_id: BacktestId, step: Step) -> Backtest | None:
        found = self._find(backtest_id)
        if found.status not in AT_WORK or not self.book.advance(backtest_id, step, 0.0, self.now()):
            return None
        return found

    def _find(self, backtest_id: BacktestId) -> Backtest:
        found = self.book.find(backtest_id)
        if found is None:
            raise BacktestNotFound
        return found

    def _works(self, asked: Backtest) -> list[Work]:
        study, strategy = study_of(asked.wanted, self.reference, self.strategies)
        count = len(variants(strategy, study)[0])
        found: list[Work] = []
        candles, trades = 0, len(grid(study.space)) * (1 + asked.wanted.folds)
        for symbol in study.symbols:
            times = [one.closed_at for one in self._history(symbol, study).candles]
            parts = spans(times, study.first, study.last, self.slice_of)
            if not parts:
                raise UnfitBacktest(f"there are no {study.timeframe} candles of {symbol} in this period")
            candles += sum(study.first <= at for at in times)
            found += [
                Work(variant, symbol, one.known_from, one.first, one.last)
                for variant in range(count)
                for one in parts
            ]
        if candles * count > self.most:
            raise UnfitBacktest(f"{candles * count:,} decisions are more than {self.most:,}: ask for less")
        if candles * trades > self.most_steps:
            raise UnfitBacktest(f"{trades} runs of {candles:,} candles are too many: search less")
        return found

    def _conclude(self, asked: Backtest) -> Finding:
        study, strategy = study_of(asked.wanted, self.reference, self.strategies)
        decided: list[list[Decided]] = [[] for _ in variants(strategy, study)[0]]
        for piece in self.book.slices(asked.id):
            work = msgspec.json.decode(piece.work, type=Work)
            decided[work.variant] += msgspec.json.decode(piece.decided or "[]", type=list[Decided])
        markets = [self._history(symbol, study) for symbol in study.symbols]
        day = asked.created_at.date()
        screening = self.policies.screening_on(day) if study.screened else None
        rules = Rules(self.desk, self.policies.compliance_on(day), screening)
        return conclude(study, Material(strategy, markets, decided, rules), self._teller(asked.id))

    def _teller(self, backtest_id: BacktestId) -> Callable[[float], None]:
        told = [0.0]

        def tell(share: float) -> None:
            if share - told[0] >= 0.1:  # noqa: PLR2004 - a write for each tenth is enough for a person
                told[0] = share
                self.book.advance(backtest_id, "concluding", share, self.now())

        return tell

    def _history(self, symbol: str, study: Study) -> Market:
        """Return the study's candles with the ``WIDTH`` before them."""
        before = self.candles.last(symbol, study.timeframe, study.first - _BEFORE, WIDTH)
        inside = self._market(symbol, study, study.first, study.last)
        return replace(inside, candles=[*before, *inside.candles])

    def _market(self, symbol: str, study: Study, first: datetime, last: datetime) -> Market:
        instrument = self.reference.instrument(symbol)
        assert instrument is not None, "a study names instruments that exist"
        found = self.candles.between(symbol, study.timeframe, first - _BEFORE, last)
        splits, moved = self.reference.splits(symbol), self.reference.adjustments(symbol)
        return Market(instrument, found, splits, moved)
