"""Both sides of a backtest over memory: who orders and who works, on a random walk, with a clock that stands."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from builders.research import REFERENCE, SmaCross
from builders.signals import DESK, NOW, walk
from signals import policies
from signals.adapters.memory import MemoryCandleStore
from signals.adapters.memory.research import MemoryBacktestBook, MemoryBacktestMachine, MemoryReportArchive
from signals.model.backtest import Backtest, Wanted
from signals.research.wanted import study_of
from signals.service.backtesting import Backtesting
from signals.service.researching import Researching

CANDLES = walk(700, 9)
FIRST, LAST = CANDLES[250].closed_at, CANDLES[-1].closed_at
RULE = SmaCross(horizon=40)
WANTED = Wanted(RULE.name, ("AAPL",), "1d", FIRST, LAST, fee_bps=5, screened=False)
SEARCH = replace(WANTED, space={"stop": (0.5, 1.0), "fast": (5.0, 8.0)}, folds=2)


@dataclass
class Lab:
    """Both sides over the same memory, and a clock that stands."""

    book: MemoryBacktestBook = field(default_factory=MemoryBacktestBook)
    archive: MemoryReportArchive = field(default_factory=MemoryReportArchive)
    machine: MemoryBacktestMachine = field(default_factory=MemoryBacktestMachine)
    candles: MemoryCandleStore = field(default_factory=MemoryCandleStore)
    at: datetime = NOW
    slice_of: int = 4000
    most: int = 10**6
    most_steps: int = 10**9

    def __post_init__(self) -> None:
        self.candles.save(CANDLES)

    def now(self) -> datetime:
        return self.at

    @property
    def front(self) -> Researching:
        return Researching(
            book=self.book,
            machine=self.machine,
            archive=self.archive,
            check=lambda wanted: study_of(wanted, REFERENCE, (RULE,)),
            after=lambda act: act(),
            now=self.now,
        )

    @property
    def back(self) -> Backtesting:
        return Backtesting(
            book=self.book,
            candles=self.candles,
            reference=REFERENCE,
            policies=policies.load(),
            desk=DESK,
            archive=self.archive,
            machine=self.machine,
            patience=timedelta(minutes=3),
            strategies=(RULE,),
            slice_of=self.slice_of,
            most=self.most,
            most_steps=self.most_steps,
            now=self.now,
        )

    def order(self, wanted: Wanted = WANTED, owner: str = "me") -> Backtest:
        return self.front.order(owner, wanted)

    def read(self, one: Backtest) -> Backtest:
        return self.front.backtest(one.owner, one.id)

    def run(self, one: Backtest) -> None:
        """Do what the machine does."""
        for number in self.back.plan(one.id):
            self.back.decide(one.id, number)
        if self.back.conclude(one.id) == "go":
            self.back.report(one.id)
