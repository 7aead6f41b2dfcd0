"""Quotes in Redis: ``quote:{symbol}`` is JSON ``{"symbol", "price", "at", "ms"}``, for every reader."""

from collections.abc import Sequence
from typing import Final

import msgspec

from kit.stores.redis import Redis, Script
from signals.model.market import Quote

# one round trip for all; an older quote never replaces a newer one, whoever comes late
_POST: Final = Script("""
for i, key in ipairs(KEYS) do
  local known = redis.call('GET', key)
  if not known or cjson.decode(known)['ms'] <= cjson.decode(ARGV[i])['ms'] then
    redis.call('SET', key, ARGV[i])
  end
end
""")


class RedisQuoteBoard:
    """One key a symbol; ``ms`` is the market time in Unix milliseconds, ``at`` the same for people."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def post(self, quotes: Sequence[Quote]) -> None:
        """Show them. Raises ``Retryable`` when Redis is away."""
        if quotes:
            self._redis.script(_POST, [_key(one.symbol) for one in quotes], [_json(one) for one in quotes])

    def find(self, symbol: str) -> Quote | None:
        """Return the quote. Raises ``Retryable`` when Redis is away."""
        found = self._redis.call("GET", _key(symbol))
        return msgspec.json.decode(found, type=Quote) if found else None


def _key(symbol: str) -> str:
    return f"quote:{symbol}"


def _json(quote: Quote) -> bytes:
    return msgspec.json.encode({**msgspec.to_builtins(quote), "ms": int(quote.at.timestamp() * 1000)})
