"""The simulated account: what trading costs, how much is bought, and what else bounds it."""

from dataclasses import dataclass
from typing import Final, Literal

BPS: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Costs:
    """What an order costs.

    ``fee_bps`` of the traded value and ``fee_per_order`` in currency are paid on each entry and exit.
    Slippage worsens market fills (entry, stop, expiry): ``slippage_bps`` of the price plus ``slippage_atr``
    of the average true range at the decision. A target is a limit order: it fills at its price.
    """

    fee_bps: float = 0.0
    fee_per_order: float = 0.0
    slippage_bps: float = 0.0
    slippage_atr: float = 0.0

    def fee(self, value: float) -> float:
        """Return the fee of an order of ``value`` (currency)."""
        return self.fee_per_order + value * self.fee_bps * BPS

    def slippage(self, price: float, atr: float) -> float:
        """Return by how much a market order at ``price`` fills worse, in price units."""
        return price * self.slippage_bps * BPS + atr * self.slippage_atr


@dataclass(frozen=True, slots=True)
class Sizing:
    """How much one idea gets.

    ``risk``: so many units that the way from entry to stop costs ``value`` (a fraction) of equity.
    ``notional``: a position worth ``value`` in currency. ``equity``: one that costs ``value`` (a fraction) of
    it, with its proportional fee.
    Quantities are multiples of ``lot``, rounded down; 0 allows any fraction.
    """

    kind: Literal["risk", "notional", "equity"] = "risk"
    value: float = 0.01
    lot: float = 1.0

    def quantity(self, equity: float, price: float, risk: float, fee: float) -> float:
        """Return the units wanted at ``price`` when a unit loses ``risk`` at its stop and costs ``fee``."""
        if self.kind == "risk":
            wanted = equity * self.value / risk
        elif self.kind == "notional":
            wanted = self.value / price
        else:
            wanted = equity * self.value / (price + fee)
        return self.whole(wanted)

    def whole(self, wanted: float) -> float:
        """Return ``wanted`` rounded down to the lot, never negative."""
        if wanted <= 0:
            return 0.0
        # a multiple that arithmetic left a hair short of itself is still that multiple
        return wanted if self.lot == 0 else (wanted / self.lot + 1e-9) // 1 * self.lot


@dataclass(frozen=True, slots=True)
class Account:
    """Starting ``cash``, costs and sizing.

    ``leverage`` bounds the sum of all positions' values as a multiple of equity. ``at_once`` positions may be
    open in one instrument; an idea beyond that is skipped and counted.
    """

    cash: float = 1_000_000.0
    costs: Costs = Costs()
    sizing: Sizing = Sizing()
    leverage: float = 1.0
    at_once: int = 1
