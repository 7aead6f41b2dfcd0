"""From an order to a study: the words of a request become strategy, account and plan, or are refused."""

from collections.abc import Sequence
from typing import Final

from signals.errors import UnfitBacktest
from signals.model.backtest import Wanted
from signals.ports import Reference
from signals.research.account import Account, Costs, Sizing
from signals.research.finding import Study
from signals.research.study import variants
from signals.research.walkforward import Plan
from signals.strategies import ALL, Strategy

MOST_STRATEGIES: Final = 8
"""Distinct settings of a strategy's own fields: each is asked about every candle."""


def study_of(
    wanted: Wanted, reference: Reference, strategies: Sequence[Strategy] = ALL
) -> tuple[Study, Strategy]:
    """Return the study and its strategy. Raises :class:`UnfitBacktest` and ``BadGrid``, which say why."""
    strategy = next((one for one in strategies if one.name == wanted.strategy), None)
    if strategy is None:
        names = ", ".join(one.name for one in strategies)
        raise UnfitBacktest(f"there is no strategy {wanted.strategy!r}: one of {names}")
    found = [reference.instrument(symbol) for symbol in wanted.symbols]
    unknown = [symbol for symbol, one in zip(wanted.symbols, found, strict=True) if one is None]
    if unknown:
        raise UnfitBacktest(f"there is no instrument {unknown[0]!r}: GET /api/v1/instruments lists them")
    if len({one.currency for one in found if one is not None}) > 1:
        raise UnfitBacktest("a backtest has one currency: choose instruments that share it")
    study = Study(
        strategy=strategy.name,
        symbols=wanted.symbols,
        timeframe=wanted.timeframe,
        first=wanted.first,
        last=wanted.last,
        account=_account(wanted),
        screened=wanted.screened,
        space=wanted.space,
        plan=Plan(wanted.folds, wanted.train, wanted.expanding) if wanted.folds else None,
    )
    asked, _ = variants(strategy, study)
    if len(asked) > MOST_STRATEGIES:
        raise UnfitBacktest(f"at most {MOST_STRATEGIES} settings of the strategy's own fields can be tried")
    return study, strategy


def _account(wanted: Wanted) -> Account:
    return Account(
        cash=wanted.cash,
        costs=Costs(wanted.fee_bps, wanted.fee_per_order, wanted.slippage_bps, wanted.slippage_atr),
        sizing=Sizing(wanted.sizing, wanted.size, wanted.lot),
        leverage=wanted.leverage,
        at_once=wanted.at_once,
    )
