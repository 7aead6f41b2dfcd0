"""The backtest: an event loop over closed candles that trades what the live rules publish.

At each close, in this order: orders of the candle before fill at this candle's open; positions end as
``model.outcome`` says (stop, target, gap, expiry); everything is marked at the close; then the ideas of this
candle are drafted, screened and, if they pass, become orders for the next. Nothing is known before its close.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from signals.policies import CompliancePolicy, ScreeningPolicy
from signals.research.account import Account
from signals.research.deciding import Decided, Market
from signals.research.desk import Order, Publisher
from signals.research.positions import Positions
from signals.research.trades import Run
from signals.service.drafting import Desk

Ideas = dict[str, dict[datetime, list[Decided]]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What stands between an idea and an order, as live: who signs, and the policies in force.

    Without ``screening`` every draft is traded.
    """

    desk: Desk
    compliance: CompliancePolicy
    screening: ScreeningPolicy | None = None


def simulate(
    markets: Sequence[Market],
    decided: Iterable[Decided],
    strategy: str,
    account: Account,
    rules: Rules,
    *,
    first: datetime | None = None,
) -> Run:
    """Trade ``decided`` on ``markets`` with ``account``; what is open after the last candle stays open.

    ``strategy`` is the name signals are drafted under. Candles before ``first`` are history only. Raises
    ``ValueError`` when the instruments do not share a currency.
    """
    if len({one.instrument.currency for one in markets}) > 1:
        raise ValueError("a backtest has one currency: choose instruments that share it")
    positions = Positions(account)
    ideas: Ideas = {one.symbol: {} for one in markets}
    for one in decided:
        ideas[one.symbol].setdefault(one.at, []).append(one)
    record: list[Order] = []
    makers = {
        one.symbol: Publisher(
            one,
            strategy=strategy,
            desk=rules.desk,
            compliance=rules.compliance,
            screening=rules.screening,
            record=record,
            wants_range=account.costs.slippage_atr > 0,
        )
        for one in markets
    }
    _loop(_timeline(markets, first), makers, ideas, positions)
    return positions.run(sum(one.published for one in makers.values()))


def _loop(
    timeline: Iterable[tuple[datetime, str, int]],
    makers: dict[str, Publisher],
    ideas: Ideas,
    positions: Positions,
) -> None:
    busy, mark = positions.busy, positions.mark
    now: datetime | None = None
    for at, symbol, index in timeline:
        if at != now:
            if now is not None:
                mark(now)
            now = at
        if symbol in busy:
            positions.step(symbol, makers[symbol].bar(index))
        found = ideas[symbol].get(at)
        if found is not None:
            _publish(makers[symbol], index, found, positions)
    if now is not None:
        mark(now)


def _publish(maker: Publisher, index: int, found: list[Decided], positions: Positions) -> None:
    for one in found:
        order = maker.publish(index, one.idea)
        if isinstance(order, str):
            positions.skip(order)
        else:
            positions.place(order)


def _timeline(markets: Sequence[Market], first: datetime | None) -> list[tuple[datetime, str, int]]:
    found: list[tuple[datetime, str, int]] = []
    for market in markets:
        times = [one.closed_at for one in market.candles]
        start = 0 if first is None else bisect_left(times, first)
        symbol = market.symbol
        found += [(times[index], symbol, index) for index in range(start, len(times))]
    if len(markets) > 1:
        found.sort()
    return found
