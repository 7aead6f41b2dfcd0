"""Revocations and quotas in one round trip: one script looks three keys up and takes from two windows."""

from typing import Any, Protocol

from authorizer.errors import TokenRefused
from authorizer.model import HOUR_S, MINUTE_S
from kit.errors import Retryable
from kit.identity import Limit
from kit.limits import TAKE
from kit.stores.redis import RedisError, Script

_NOT_COMPLETE, _REVOKED, _STALE = -1, -2, -3
_CHECK = Script(
    TAKE
    + """
if redis.call('EXISTS', KEYS[1]) == 0 then return {-1} end
if redis.call('EXISTS', KEYS[2]) == 1 then return {-2} end
local not_before = redis.call('GET', KEYS[3])
if not_before and tonumber(ARGV[2]) < tonumber(not_before) then return {-3} end
local now, burst = tonumber(ARGV[1]), tonumber(ARGV[5])
if burst > 0 then
  local state = take(KEYS[5], burst, tonumber(ARGV[6]), now)
  if state[3] == 1 then return {burst, state[1], state[2], 1} end
end
local quota = tonumber(ARGV[3])
local state = take(KEYS[4], quota, tonumber(ARGV[4]), now)
return {quota, state[1], state[2], state[3]}
"""
)


class Scripts(Protocol):
    """What the gate needs of ``kit.stores.redis.Redis``."""

    def script(self, script: Script, keys: list[Any], args: list[Any], /) -> Any:
        """Run ``script`` and return its answer; raises ``Retryable`` when Redis is away."""


class RedisGate:
    """The gate on Redis. Without the marker that the mirror of revocations is whole, Redis counts as away."""

    def __init__(self, redis: Scripts) -> None:
        self._redis = redis

    def check(
        self,
        *,
        subject: str,
        family: str,
        issued_at: int,
        quota: int,
        burst_class: str,
        burst: int,
        now: float,
    ) -> Limit:
        """See :class:`authorizer.ports.Gate`."""
        keys = [
            "auth:complete",
            f"auth:family:{family}",
            f"auth:nbf:{subject}",
            f"limit:plan:{subject}",
            f"limit:{burst_class}:{subject}",
        ]
        arguments = [int(now * 1000), issued_at, quota, HOUR_S * 1000, burst, MINUTE_S * 1000]
        try:
            answer = self._redis.script(_CHECK, keys, arguments)
        except RedisError as error:  # a full or half-configured Redis knows as little as an absent one
            raise Retryable(f"Redis refused the check: {error}") from error
        first = answer[0]
        if first == _REVOKED:
            raise TokenRefused("revoked")
        if first == _STALE:
            raise TokenRefused("stale")
        if first == _NOT_COMPLETE:
            raise Retryable("the mirror of revocations is not complete")
        return Limit(first, answer[1], answer[2], answer[3] == 1)
