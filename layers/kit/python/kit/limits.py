"""Rate limits: a sliding window kept in one small Redis hash, taken in one round trip.

The window is the weighted sum of two counters (this window and the one before), so a burst at the border
of two windows is not counted twice and a key never holds more than three numbers. The time comes from the
clock port as an argument: a moved clock moves the limits with it.

Over any ``t`` at most ``limit + limit / window * t`` requests pass, from however many processes. Within one
window that is its counter. Across a border, ``x`` into the new window, the counters ``p`` and ``c`` satisfy
``c <= limit - p * (1 - x / window)``, so ``p + c <= limit + p * x / window``; each further border adds one
``limit`` and one window of time. A process that read its clock before a border and comes after it (by less
than a window) counts at the border: it may not open the old window again.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from kit import clock
from kit.identity import Limit
from kit.stores.script import Script

TAKE = """
local function take(key, limit, window, now)
  local kept = redis.call('HMGET', key, 'w', 'c', 'p')
  local index = math.floor(now / window)
  local current, previous = 0, 0
  if tonumber(kept[1]) == index + 1 then
    index, now = index + 1, (index + 1) * window
  end
  if tonumber(kept[1]) == index then
    current, previous = tonumber(kept[2]), tonumber(kept[3])
  elseif tonumber(kept[1]) == index - 1 then
    previous = tonumber(kept[2])
  end
  local left = (index + 1) * window - now
  local used = current + previous * left / window
  if used + 1 > limit then
    local wait
    if current + 1 > limit then
      wait = left + window - (limit - 1) * window / current
    else
      wait = left - (limit - current - 1) * window / previous
    end
    return {0, math.max(1, math.ceil(wait / 1000)), 1}
  end
  redis.call('HSET', key, 'w', index, 'c', current + 1, 'p', previous)
  redis.call('PEXPIRE', key, window * 2)
  return {math.floor(limit - used - 1), math.max(1, math.ceil(left / 1000)), 0}
end
"""
"""Lua: ``take(key, limit, window_ms, now_ms)`` -> ``{remaining, reset_s, exceeded}``, for larger scripts."""

SLIDING_WINDOW = Script(
    TAKE + "return take(KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]))\n"
)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``limit`` requests in any ``window_s`` seconds.

    ``name`` is the class in the key ``limit:{class}:{who}`` (the route's id when empty: routes that share
    a name share a bucket). ``strict`` refuses with 503 while the limit cannot be checked (sign-in routes);
    otherwise such requests pass.
    """

    limit: int
    window_s: int = 60
    name: str = ""
    strict: bool = False


class Scripts(Protocol):
    """What a limit needs of Redis."""

    def script(self, script: Script, keys: list[Any], args: list[Any], /) -> Any:
        """Run ``script`` and return its answer; raises ``Retryable`` when Redis is away."""


def arguments(rate: Rate) -> list[int]:
    """Return the arguments of ``take`` after its key: limit, window and present time in milliseconds."""
    return [rate.limit, rate.window_s * 1000, int(clock.unix() * 1000)]


def take(redis: Scripts, rate: Rate, who: str, *, name: str = "") -> Limit:
    """Take one request of ``who`` from ``rate`` and return the state after it.

    Raises ``Retryable`` when Redis is away: the caller decides whether to pass or to refuse.
    """
    key = f"limit:{rate.name or name}:{who}"
    remaining, reset_s, exceeded = redis.script(SLIDING_WINDOW, [key], arguments(rate))
    return Limit(rate.limit, int(remaining), int(reset_s), bool(exceeded))
