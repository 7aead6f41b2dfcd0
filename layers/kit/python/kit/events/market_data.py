"""Topic ``market-data``: closed candles. Key and subject: the symbol. Version: the close as Unix seconds."""

from decimal import Decimal
from typing import ClassVar, Literal

from kit.events import Data, Moment

Timeframe = Literal["1m", "5m", "15m", "1h", "4h", "1d"]


class CandleClosed(Data, frozen=True, kw_only=True):
    """A candle that will not change any more.

    Prices are decimals on the grid of ``tick``, in ``currency``. ``closed_at`` is the instant the
    candle ended in the market, UTC; ``lag_s`` by how many seconds the publication trails it, where
    the feed knows (a replayed tape does).
    """

    TYPE: ClassVar[str] = "candle.closed"
    TOPIC: ClassVar[str] = "market-data"
    SOURCE: ClassVar[str] = "/treum/feed"

    symbol: str
    timeframe: Timeframe
    closed_at: Moment
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int
    currency: str
    tick: Decimal
    lag_s: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.open <= self.high or not self.low <= self.close <= self.high:
            raise ValueError("a candle's prices are positive and lie between its low and its high")
        if not self.high.is_finite():
            raise ValueError("a candle's prices are finite")
