"""The market consumer: the only function that carries the strategies and their libraries."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from kit.stores.redis import Redis
from signals.adapters.recent import RecentCandles
from signals.adapters.redis import RedisQuoteBoard
from signals.bootstrap import stores
from signals.model.signal import AnalystId
from signals.service.drafting import DISCLAIMER, Desk
from signals.service.watching import Watching
from signals.strategies import WIDTH


@dataclass(frozen=True, slots=True)
class MarketSettings:
    """``analyst`` signs what the strategies find; they are fixed rules, not AI, unless told otherwise."""

    redis_url: str
    redis_secret: str = ""
    analyst: str = "treum-house"
    ai_generated: bool = False


@cache
def watching() -> Watching:
    """Return the use case."""
    found = settings.load(MarketSettings)
    recent = RecentCandles(stores.candles(), keep=2 * WIDTH)
    return Watching(
        candles=recent,
        quotes=RedisQuoteBoard(Redis(found.redis_url, found.redis_secret or None)),
        book=stores.book(),
        reference=stores.reference(),
        policies=stores.rules(),
        desk=Desk(AnalystId(found.analyst), DISCLAIMER, found.ai_generated),
        ledger=stores.ledger(),
        on_states=recent.forget_rewritten,
    )
