"""Money and prices. Money is an integer of minor units (paise); a price is a decimal on its tick grid."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """``amount`` minor units of ``currency`` (ISO 4217): ``Money(99900, "INR")`` is ₹999.00."""

    amount: int
    currency: str = "INR"

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise TypeError("money is an integer of minor units")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")


def on_tick(value: Decimal, tick: Decimal) -> Decimal:
    """Return ``value`` rounded half-even to the nearest multiple of ``tick`` (both in price units).

    Raises ``ValueError`` when ``tick`` is not positive.
    """
    if tick <= 0:
        raise ValueError("a tick is a positive step of price")
    steps = (value / tick).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    return (steps * tick).quantize(tick)
