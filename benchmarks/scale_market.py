"""The synthetic instruments of ``make scale``: 500 names, six timeframes, the hours of the Indian market."""

from collections.abc import Sequence
from datetime import time, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from signals.adapters.files import FileReference
from signals.model.market import Adjustment, Instrument, Split
from signals.model.session import Session
from signals.model.timeframe import TIMEFRAMES

NAMES: Final[Sequence[str]] = [f"SYN{number:03}" for number in range(500)]
SESSION: Final = Session(
    "XNSE", ZoneInfo("Asia/Kolkata"), time(9, 15), time(15, 30), frozenset({1, 2, 3, 4, 5})
)


class SyntheticReference(FileReference):
    """The reference data, with 500 instruments that the feed gives by the minute."""

    def __init__(self) -> None:
        super().__init__()
        self._synthetic = {name: _instrument(name) for name in NAMES}

    def instrument(self, symbol: str) -> Instrument | None:
        """Return the instrument."""
        return self._synthetic.get(symbol)

    def instruments(self) -> Sequence[Instrument]:
        """Return every instrument."""
        return [*self._synthetic.values()]

    def splits(self, _symbol: str) -> Sequence[Split]:
        """Return none."""
        return ()

    def adjustments(self, _symbol: str) -> Sequence[Adjustment]:
        """Return none."""
        return ()


def _instrument(name: str) -> Instrument:
    return Instrument(
        symbol=name,
        name=f"Synthetic {name}",
        kind="currency",  # the prices are the euro's: so small a step is its own
        currency="USD",
        tick=Decimal("0.00001"),
        lot=1,
        lag=timedelta(0),
        session=SESSION,
        base="1m",
        timeframes=TIMEFRAMES,
    )
