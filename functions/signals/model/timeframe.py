"""The six timeframes and how long a candle of each lasts."""

from datetime import timedelta
from typing import Final, Literal

Timeframe = Literal["1m", "5m", "15m", "1h", "4h", "1d"]
LENGTH: Final[dict[Timeframe, timedelta]] = {
    "1m": timedelta(minutes=1),
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
}
TIMEFRAMES: Final[tuple[Timeframe, ...]] = tuple(LENGTH)
