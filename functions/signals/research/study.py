"""From a study to its finding: which combinations there are, and what their decisions came to."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from signals.errors import UnfitBacktest
from signals.research.caveats import caveats
from signals.research.curve import daily
from signals.research.deciding import Decided, Market
from signals.research.engine import Rules, simulate
from signals.research.finding import Finding, Held, Study, Tried
from signals.research.metrics import DAYS, measure, sharpe
from signals.research.search import Exits, Params, grid, tuned, until_spent, vary
from signals.research.sharpe import deflated
from signals.research.trades import Run
from signals.research.walkforward import Choice, Trial, Walker, folds
from signals.strategies import Strategy

POINTS: Final = 600
"""Points of a curve that are kept for the report: more than a page shows."""
MOST_TRADES: Final = 500


@dataclass(frozen=True, slots=True)
class Combination:
    """Parameters to try: the ``variant`` whose decisions are varied by ``exits``."""

    params: Params
    variant: int
    exits: Exits


def variants(strategy: Strategy, study: Study) -> tuple[list[Strategy], list[Combination]]:
    """Return the distinct strategies to ask and all combinations. Raises ``BadGrid``.

    Exits are varied after the decision, so a strategy is asked once however many exits are tried.
    """
    asked: list[Strategy] = []
    found: list[Combination] = []
    for params in grid(study.space):
        one, exits = tuned(strategy, params)
        if one not in asked:
            asked.append(one)
        found.append(Combination(params, asked.index(one), exits))
    return asked, found


@dataclass(frozen=True, slots=True)
class Material:
    """What a study is concluded from: ``decided`` holds, for each of :func:`variants`, all it decided.

    Trials end when ``going`` says that the time is spent; the finding tells how many were left out.
    """

    strategy: Strategy
    markets: Sequence[Market]
    decided: Sequence[Sequence[Decided]]
    rules: Rules
    going: Callable[[], bool] = lambda: True


def conclude(study: Study, material: Material, told: Callable[[float], None] = lambda _: None) -> Finding:
    """Return what the decisions came to; ``told`` hears the share that is done, 0 to 1.

    Raises :class:`UnfitBacktest` where the period holds no candles or the instruments differ in currency.
    """
    markets = [one.until(study.last) for one in material.markets]
    if not all(_inside(one, study) for one in markets):
        raise UnfitBacktest("the period holds no candles of an instrument")
    if len({one.instrument.currency for one in markets}) > 1:
        raise UnfitBacktest("a backtest has one currency: choose instruments that share it")
    name, rules = material.strategy.name, material.rules
    _, combinations = variants(material.strategy, study)
    trials: list[Trial] = []
    runs: list[Run] = []
    for one in until_spent(combinations, material.going):
        trials.append(Trial(one.params, [*vary(material.decided[one.variant], one.exits)]))
        runs.append(simulate(markets, trials[-1].decided, name, study.account, rules, first=study.first))
        told(len(runs) / (2 * len(combinations)))
    walker = Walker(markets, trials, name, study.account, rules)
    run, params, choices = _chosen(study, walker, runs)
    told(1.0)
    tried = [_tried(*one) for one in zip(trials, runs, strict=True)]
    return _finding(study, replace(material, markets=markets), run, params, choices, tried)


def _chosen(study: Study, walker: Walker, runs: Sequence[Run]) -> tuple[Run, Params, list[Choice]]:
    if study.plan is not None:
        run, choices = walker.walk(folds(study.first, study.last, study.plan))
        return run, choices[-1].params, choices
    best = max(range(len(runs)), key=lambda at: _yearly(runs[at]) or float("-inf"))
    return runs[best], walker.trials[best].params, []


def _finding(  # noqa: PLR0917 - what a finding is made of
    study: Study, material: Material, run: Run, params: Params, choices: list[Choice], tried: list[Tried]
) -> Finding:
    curve, trading = measure(run)
    line = daily(run.start, run.times, run.equity)
    kept, underwater = _thinned(len(line.days)), line.underwater
    left = deflated(line.returns, [(one.sharpe or 0.0) / math.sqrt(DAYS) for one in tried])
    return Finding(
        study=study,
        title=material.strategy.title,
        description=material.strategy.description,
        currency=material.markets[0].instrument.currency,
        params=params,
        curve=curve,
        trading=trading,
        deflated=left,
        days=[line.days[at] for at in kept],
        equity=[round(float(line.equity[at]), 2) for at in kept],
        underwater=[round(float(underwater[at]), 6) for at in kept],
        trades=run.trades[-MOST_TRADES:],
        trades_in_all=len(run.trades),
        still_open=run.still_open,
        skipped=run.skipped,
        costs=run.costs,
        held=[_held(one, run.times[0]) for one in material.markets],
        choices=choices,
        tried=tried,
        planned=len(grid(study.space)),
        caveats=caveats(
            trials=len(tried),
            planned=len(grid(study.space)),
            walked=study.plan is not None,
            screened=study.screened,
            trades=len(run.trades),
            still_open=run.still_open,
            deflated=left,
            costs=run.costs,
        ),
    )


def _tried(trial: Trial, run: Run) -> Tried:
    return Tried(trial.params, _yearly(run), len(run.trades), run.equity[-1] / run.start - 1)


def _yearly(run: Run) -> float | None:
    return sharpe(daily(run.start, run.times, run.equity).returns)


def _inside(market: Market, study: Study) -> bool:
    return any(study.first <= one.closed_at <= study.last for one in market.candles)


def _held(market: Market, first: datetime) -> Held:
    """Return what holding from the first close of the run came to, in comparable prices, before costs."""
    from_first = [one for one in market.candles if one.closed_at >= first] or [market.candles[-1]]
    bought, sold = from_first[0], from_first[-1]
    held = float(sold.close * market.factor(bought.closed_at, sold.closed_at) / bought.close) - 1
    return Held(market.symbol, len(from_first), bought.closed_at, sold.closed_at, held)


def _thinned(count: int) -> list[int]:
    step = max(1, -(-count // POINTS))
    kept = [*range(0, count, step)]
    return kept if not kept or kept[-1] == count - 1 else [*kept, count - 1]
