"""API keys in one round trip: one script finds the key, holds its allow-list, takes from quotas and counts.

The keys are a mirror that ``partners`` writes (its README says how); the marker ``key:complete`` says that it
is whole. Usage is counted in one hash an hour, with an epoch of its own so that counts lost with a wiped
Redis are never taken for fewer requests (ADR 193).
"""

import secrets
from typing import Any, Final

from authorizer.adapters.redis import Scripts
from authorizer.errors import TokenRefused
from authorizer.model import HOUR_S, MINUTE_S
from authorizer.ports import KnownKey
from kit.errors import Retryable
from kit.identity import Limit
from kit.limits import TAKE
from kit.stores.redis import RedisError, Script

USAGE_KEPT_S: Final = 7 * 24 * 3600
_NOT_COMPLETE, _UNKNOWN, _BARRED = -1, -2, -3
_CHECK = Script(
    TAKE
    + """
if redis.call('EXISTS', KEYS[1]) == 0 then return {-1} end
local kept = redis.call('HMGET', KEYS[2], 'digest', 'key', 'owner', 'plan', 'scopes', 'networks', 'expires',
  'quota', 'bucket')
local now = tonumber(ARGV[1])
if not kept[1] or kept[1] ~= ARGV[2] or tonumber(kept[7]) <= now then return {-2} end
local function count(what)
  if redis.call('HSETNX', KEYS[3], 'epoch', ARGV[8]) == 1 then
    redis.call('EXPIRE', KEYS[3], ARGV[9])
    redis.call('SADD', KEYS[4], ARGV[10])
  end
  redis.call('HINCRBY', KEYS[3], what .. ':' .. kept[2], 1)
end
local inside = kept[6] == ''
for network in string.gmatch(kept[6], '%S+') do
  if network == '*' or string.sub(ARGV[3], 1, #network) == network then inside = true end
end
if not inside then
  count('barred')
  return {-3, kept[2], kept[3], kept[4], kept[5]}
end
count('requests')
local burst, state, quota = tonumber(ARGV[5]), nil, tonumber(kept[8])
if burst > 0 then
  state = take('limit:' .. ARGV[4] .. ':key:' .. kept[9], burst, tonumber(ARGV[6]), now)
  if state[3] == 1 then quota = burst end
end
if not state or state[3] == 0 then
  state = take('limit:key:' .. kept[9], quota, tonumber(ARGV[7]), now)
end
if state[3] == 1 then count('limited') end
return {quota, kept[2], kept[3], kept[4], kept[5], state[1], state[2], state[3]}
"""
)


class RedisKeyGate:
    """The gate on Redis. Without the marker that the mirror of keys is whole, Redis counts as away."""

    def __init__(self, redis: Scripts) -> None:
        self._redis = redis

    def check(
        self, *, prefix: str, digest: str, address: str, burst_class: str, burst: int, now: float
    ) -> KnownKey:
        """See :class:`authorizer.ports.KeyGate`."""
        hour = int(now) // HOUR_S
        keys = ["key:complete", f"key:{prefix}", f"usage:{hour}", "usage:hours"]
        at = int(now * 1000)
        windows = [burst, MINUTE_S * 1000, HOUR_S * 1000]
        epoch = secrets.token_hex(8)  # kept by the first request of the hour alone
        arguments = [at, digest, address, burst_class, *windows, epoch, USAGE_KEPT_S, hour]
        try:
            answer = self._redis.script(_CHECK, keys, arguments)
        except RedisError as error:  # a full or half-configured Redis knows as little as an absent one
            raise Retryable(f"Redis refused the check: {error}") from error
        return _known(answer)


def _known(answer: list[Any]) -> KnownKey:
    first = answer[0]
    if first == _UNKNOWN:
        raise TokenRefused("key")
    if first == _NOT_COMPLETE:
        raise Retryable("the mirror of API keys is not complete")
    key, owner, plan, scopes = (one.decode() for one in answer[1:5])
    limit = None if first == _BARRED else Limit(first, answer[5], answer[6], answer[7] == 1)
    return KnownKey(key, owner, plan, frozenset(scopes.split()), limit)
