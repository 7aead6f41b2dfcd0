"""Walk-forward: parameters are chosen on one stretch of the record and judged on the next, never the same.

Source: Robert Pardo, *The Evaluation and Optimization of Trading Strategies* (2008). The period is cut into
equal pieces; each fold trains on the pieces before its test piece and is judged there. What is reported is
the account that traded the test pieces one after the other with what each fold had chosen by then.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from signals.research.account import Account
from signals.research.curve import daily
from signals.research.deciding import Decided, Market
from signals.research.engine import Rules, simulate
from signals.research.metrics import sharpe
from signals.research.search import Params
from signals.research.trades import Run

FEWEST_TRADES: Final = 5
"""Fewer trades in training say nothing about a parameter: such a trial is not chosen."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``folds`` tests, each after ``train`` pieces (rolling) or after all pieces before it (expanding)."""

    folds: int = 4
    train: int = 2
    expanding: bool = False


@dataclass(frozen=True, slots=True)
class Fold:
    """One step: from ``train_from`` up to ``test_from`` to choose, from there to ``test_to`` to be judged."""

    train_from: datetime
    test_from: datetime
    test_to: datetime


@dataclass(frozen=True, slots=True)
class Trial:
    """One combination of parameters and everything it decided over the whole record."""

    params: Params
    decided: Sequence[Decided]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a fold chose, and what became of it: Sharpe ratios a year in training and in the test."""

    fold: Fold
    params: Params
    trained: float | None
    tested: float | None
    trained_trades: int
    tested_trades: int


def folds(first: datetime, last: datetime, plan: Plan) -> list[Fold]:
    """Cut the time from ``first`` to ``last``; the last test ends with ``last``."""
    pieces = plan.train + plan.folds
    edges = [first + (last - first) * at / pieces for at in range(pieces)] + [last]
    return [
        Fold(edges[0 if plan.expanding else at], edges[at + plan.train], edges[at + plan.train + 1])
        for at in range(plan.folds)
    ]


@dataclass(frozen=True, slots=True)
class Walker:
    """The pieces a walk needs: the record, the trials on it, and how they are traded."""

    markets: Sequence[Market]
    trials: Sequence[Trial]
    strategy: str
    account: Account
    rules: Rules

    def walk(
        self, steps: Sequence[Fold], told: Callable[[int], None] = lambda _: None
    ) -> tuple[Run, list[Choice]]:
        """Return the out-of-sample account and each fold's choice; ``told`` hears how many folds are done."""
        choices, joined = [], list[Decided]()
        for number, fold in enumerate(steps):
            trial, trained = self._choose(fold)
            tested = _between(trial.decided, fold.test_from, fold.test_to, closed=fold is steps[-1])
            choices.append(self._judge(fold, trial, trained, tested))
            joined += tested
            told(number + 1)
        run = self._trade(joined, steps[0].test_from, steps[-1].test_to)
        return run, choices

    def _choose(self, fold: Fold) -> tuple[Trial, Run]:
        """Return the trial with the best Sharpe ratio in training; the first where none traded enough."""
        runs = [
            (
                one,
                self._trade(
                    _between(one.decided, fold.train_from, fold.test_from), fold.train_from, fold.test_from
                ),
            )
            for one in self.trials
        ]
        fit = [one for one in runs if len(one[1].trades) >= FEWEST_TRADES]
        return max(fit, key=lambda one: _ratio(one[1]) or float("-inf"), default=runs[0])

    def _judge(self, fold: Fold, trial: Trial, trained: Run, tested: Sequence[Decided]) -> Choice:
        run = self._trade(tested, fold.test_from, fold.test_to)
        return Choice(fold, trial.params, _ratio(trained), _ratio(run), len(trained.trades), len(run.trades))

    def _trade(self, decided: Sequence[Decided], first: datetime, last: datetime) -> Run:
        # the markets end where the stretch ends: no outcome may be known that lies behind it
        known = [one.until(last) for one in self.markets]
        return simulate(known, decided, self.strategy, self.account, self.rules, first=first)


def _between(
    decided: Sequence[Decided], first: datetime, last: datetime, *, closed: bool = False
) -> list[Decided]:
    return [one for one in decided if first <= one.at < last or (closed and one.at == last)]


def _ratio(run: Run) -> float | None:
    return sharpe(daily(run.start, run.times, run.equity).returns)
