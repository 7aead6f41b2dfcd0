"""Cash and open positions of a simulation: fills, ends, and the marks of the equity curve."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from signals.research.account import BPS, Account
from signals.research.desk import Bar, Order
from signals.research.trades import Run, Trade


@dataclass(slots=True)
class _Open:
    """A position from the decision ``since`` to its signal's end ``until``, known only once it has come.

    ``market`` is the price without slippage at entry, ``price`` the newest close.
    """

    order: Order
    since: datetime
    until: datetime | None
    way: int
    entered_at: datetime
    quantity: float
    market: float
    entry: float
    costs: float
    price: float
    candles: int = 0

    @property
    def value(self) -> float:
        return self.quantity * self.price


class Positions:
    """The account's state. ``busy`` holds the symbols with an order or a position."""

    def __init__(self, account: Account) -> None:
        self.busy: set[str] = set()
        self._account = account
        self._cash = account.cash
        self._orders: dict[str, list[Order]] = {}
        self._open: dict[str, list[_Open]] = {}
        self._skipped = Counter[str]()
        self._trades: list[Trade] = []
        self._times: list[datetime] = []
        self._equity: list[float] = []
        self._exposed: list[float] = []
        self._costs = self._traded = 0.0

    def skip(self, reason: str) -> None:
        """Count a signal that is not traded."""
        self._skipped[reason] += 1

    def place(self, order: Order) -> None:
        """Order it for the next candle of its instrument."""
        symbol = order.terms.symbol
        self._orders.setdefault(symbol, []).append(order)
        self.busy.add(symbol)

    def step(self, symbol: str, bar: Bar) -> None:
        """Take one candle: fill orders at its open, end positions, note the close."""
        for order in self._orders.pop(symbol, ()):
            self._enter(order, bar)
        kept: list[_Open] = []
        for one in self._open.get(symbol, ()):
            one.candles += 1
            if one.until is not None and one.until <= bar.at:
                self._leave(one)
            else:
                one.price = bar.close * bar.factor(one.since)
                kept.append(one)
        self._open[symbol] = kept
        if not kept:
            self.busy.discard(symbol)

    def mark(self, at: datetime) -> None:
        """Note equity and exposure at the close ``at``."""
        held = worth = 0.0
        if self.busy:
            for positions in self._open.values():
                for one in positions:
                    value = one.quantity * one.price
                    held += value
                    worth += one.way * value
        self._times.append(at)
        self._equity.append(self._cash + worth)
        self._exposed.append(held)

    def run(self, signals: int) -> Run:
        """Return everything that happened."""
        return Run(
            start=self._account.cash,
            times=self._times,
            equity=self._equity,
            exposed=self._exposed,
            trades=self._trades,
            still_open=sum(map(len, self._open.values())),
            costs=self._costs,
            traded=self._traded,
            signals=signals,
            skipped=dict(self._skipped),
        )

    def _enter(self, order: Order, bar: Bar) -> None:
        terms, open_now = order.terms, self._open.setdefault(order.terms.symbol, [])
        price, way = bar.open * bar.factor(terms.candle_at), order.terms.direction
        if (price - float(terms.stop)) * way <= 0 or (price - float(terms.targets[0])) * way >= 0:
            return self.skip("missed: opened beyond the stop or the target")
        if len(open_now) >= self._account.at_once:
            return self.skip("a position is open")
        entry = price + way * self._account.costs.slippage(price, order.atr)
        quantity = self._quantity(entry, abs(float(terms.entry - terms.stop)))
        if quantity <= 0:
            return self.skip("too small, or no cash left")
        costs = self._pay(quantity, price, entry)
        self._cash -= way * quantity * entry
        until = order.ended.at if order.ended is not None else None
        open_now.append(
            _Open(order, terms.candle_at, until, way, bar.at, quantity, price, entry, costs, price)
        )
        return None

    def _quantity(self, price: float, risk: float) -> float:
        """Return the units to trade, within what leverage leaves; fees are paid from the rest."""
        equity = self._equity[-1] if self._equity else self._account.cash
        held = sum(one.value for positions in self._open.values() for one in positions)
        sizing, costs = self._account.sizing, self._account.costs
        free = equity * self._account.leverage - held - costs.fee_per_order
        fee = price * costs.fee_bps * BPS
        return min(sizing.quantity(equity, price, risk, fee), sizing.whole(free / (price + fee)))

    def _leave(self, one: _Open) -> None:
        terms, way, ended = one.order.terms, one.way, one.order.ended
        assert ended is not None, "a position ends when its signal does"
        market = float(ended.exit_price)
        worse = 0.0 if ended.ending == "target_hit" else self._account.costs.slippage(market, one.order.atr)
        price = market - way * worse
        costs = one.costs + self._pay(one.quantity, market, price)
        self._cash += way * one.quantity * price
        gross = way * one.quantity * (market - one.market)
        risk = abs(float(terms.entry - terms.stop))
        self._trades.append(
            Trade(
                signal=one.order.signal.id,
                symbol=terms.symbol,
                strategy=terms.strategy,
                side=terms.side,
                confidence=terms.confidence,
                decided_at=terms.candle_at,
                entered_at=one.entered_at,
                exited_at=ended.at,
                candles=one.candles,
                quantity=one.quantity,
                entry=one.entry,
                exit=price,
                stop=float(terms.stop),
                ending=ended.ending,
                gross=gross,
                costs=costs,
                net=gross - costs,
                r=(gross - costs) / (risk * one.quantity),
                mfe_r=float(ended.mfe) / risk,
                mae_r=float(ended.mae) / risk,
            )
        )

    def _pay(self, quantity: float, market: float, price: float) -> float:
        """Pay the fee of a fill; return fee and slippage."""
        fee = self._account.costs.fee(quantity * price)
        self._cash -= fee
        self._traded += quantity * price
        costs = fee + quantity * abs(price - market)
        self._costs += costs
        return costs
