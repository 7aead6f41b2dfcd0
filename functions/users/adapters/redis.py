"""The mirror of revocations on Redis: keys of the grammar's "Shared keys", each with a life of its own."""

import secrets
from collections.abc import Sequence
from typing import Any, Protocol

from kit.stores.redis import Script
from users import model
from users.model import FamilyId, UserId

# No access token that a key could meet lives longer; the clock's skew and a slow answer are inside.
_KEPT_S = int(model.ACCESS_LIFE.total_seconds() * 6 / 5)
# The schedule renews the marker each minute. When it cannot for five, the mirror is no longer trusted.
_MARKER_KEPT_S = 300
_MARK_KEPT_S = 60

_RAISE = """
local function raise(key, second, life)
  local known = tonumber(redis.call('GET', key) or '0')
  redis.call('SET', key, math.max(known, tonumber(second)), 'EX', life)
end
"""
_REFUSE_BEFORE = Script(_RAISE + "raise(KEYS[1], ARGV[1], ARGV[2]) return 1\n")
# ARGV: life, marker's life, mark, number of families, families…, then subject and second in turn
_COMPLETE = Script(
    _RAISE
    + """
if redis.call('GET', KEYS[2]) ~= ARGV[3] then return 0 end
local families = tonumber(ARGV[4])
for at = 5, 4 + families do redis.call('SET', 'auth:family:' .. ARGV[at], '1', 'EX', ARGV[1]) end
for at = 5 + families, #ARGV, 2 do raise('auth:nbf:' .. ARGV[at], ARGV[at + 1], ARGV[1]) end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], '1', 'EX', ARGV[2])
return 1
"""
)
_COMPLETE_KEY = "auth:complete"
_MARK_KEY = "auth:rebuilding"


class Commands(Protocol):
    """What the mirror needs of ``kit.stores.redis.Redis``."""

    def call(self, *args: Any) -> Any:
        """Return the reply of one command; raises ``Retryable`` when Redis is away."""

    def script(self, script: Script, keys: list[Any], args: list[Any], /) -> Any:
        """Return what ``script`` answers."""


class RedisMirror:
    """The mirror. A wipe while it is rebuilt is seen by the lost mark, so the marker never lies."""

    def __init__(self, redis: Commands) -> None:
        self._redis = redis

    def ready(self) -> bool:
        """See :class:`users.ports.RevocationMirror`."""
        return bool(self._redis.call("EXISTS", _COMPLETE_KEY))

    def revoke_family(self, family: FamilyId) -> None:
        """See :class:`users.ports.RevocationMirror`."""
        self._redis.call("SET", f"auth:family:{family}", "1", "EX", _KEPT_S)

    def refuse_before(self, user_id: UserId, second: int) -> None:
        """See :class:`users.ports.RevocationMirror`."""
        self._redis.script(_REFUSE_BEFORE, [f"auth:nbf:{user_id}"], [second, _KEPT_S])

    def begin(self) -> str:
        """See :class:`users.ports.RevocationMirror`."""
        mark = secrets.token_hex(8)
        self._redis.call("SET", _MARK_KEY, mark, "EX", _MARK_KEPT_S)
        return mark

    def complete(self, mark: str, families: Sequence[FamilyId], stale: Sequence[tuple[UserId, int]]) -> bool:
        """See :class:`users.ports.RevocationMirror`."""
        arguments: list[Any] = [_KEPT_S, _MARKER_KEPT_S, mark, len(families), *families]
        for user_id, second in stale:
            arguments += [user_id, second]
        return bool(self._redis.script(_COMPLETE, [_COMPLETE_KEY, _MARK_KEY], arguments))
