"""The mirror of keys, and the counters of usage, on Redis; ``authorizer/adapters/keys.py`` reads and counts.

A rebuild holds a mark: a wipe in between loses it, so the marker ``key:complete`` never lies. A newer
revision is never overwritten, so a rebuild that read before a revocation cannot bring the key back.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from kit.stores.redis import Script
from partners.model.key import KeyId
from partners.model.mirrored import MirroredKey
from partners.model.usage import Counted

_KEPT_S: Final = 300
"""An entry and the marker live this long unless renewed: a mirror that nobody heals is not trusted."""
_MARK_KEPT_S: Final = 60
_COMPLETE: Final = "key:complete"
_HOURS: Final = "usage:hours"
_HOUR_S: Final = 3600
_PUT: Final = """
local function put(first)
  for at = first, #ARGV, 11 do
    local known = tonumber(redis.call('HGET', ARGV[at], 'revision') or '-1')
    if known <= tonumber(ARGV[at + 1]) then
      redis.call('HSET', ARGV[at], 'revision', ARGV[at + 1], 'digest', ARGV[at + 2], 'key', ARGV[at + 3],
        'owner', ARGV[at + 4], 'plan', ARGV[at + 5], 'scopes', ARGV[at + 6], 'networks', ARGV[at + 7],
        'expires', ARGV[at + 8], 'quota', ARGV[at + 9], 'bucket', ARGV[at + 10])
      redis.call('EXPIRE', ARGV[at], ARGV[1])
    end
  end
end
"""
_WRITE = Script(_PUT + "put(2) return 1\n")
_FILL = Script(_PUT + "if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end put(2) return 1\n")
_END = Script(
    """
if redis.call('DEL', KEYS[2]) == 0 then return 0 end
redis.call('SET', KEYS[1], '1', 'EX', ARGV[1])
return 1
"""
)
_FORGET = Script("redis.call('DEL', KEYS[1]) return redis.call('SREM', KEYS[2], ARGV[1])\n")


class Commands(Protocol):
    """What is used of ``kit.stores.redis.Redis``."""

    def call(self, *args: Any) -> Any:
        """Return the reply of one command; raises ``Retryable`` when Redis is away."""

    def script(self, script: Script, keys: list[Any], args: list[Any], /) -> Any:
        """Return what ``script`` answers."""


class RedisKeyMirror:
    """See :class:`partners.ports.KeyMirror`."""

    def __init__(self, redis: Commands) -> None:
        self._redis = redis

    def put(self, keys: Sequence[MirroredKey]) -> None:
        """Write what is newer."""
        if keys:
            self._redis.script(_WRITE, [], [_KEPT_S, *_entries(keys)])

    def begin(self) -> str:
        """Start: set a mark of its own, so that two rebuilds at once do not take it from one another."""
        mark = secrets.token_hex(8)
        self._redis.call("SET", _mark(mark), "1", "EX", _MARK_KEPT_S)
        return mark

    def fill(self, mark: str, keys: Sequence[MirroredKey]) -> bool:
        """Write, while the mark is there."""
        return bool(self._redis.script(_FILL, [_mark(mark)], [_KEPT_S, *_entries(keys)]))

    def complete(self, mark: str) -> bool:
        """End: write the marker, if the mark is there."""
        return bool(self._redis.script(_END, [_COMPLETE, _mark(mark)], [_KEPT_S]))


class RedisCounters:
    """See :class:`partners.ports.UsageCounters`."""

    def __init__(self, redis: Commands) -> None:
        self._redis = redis

    def hours(self) -> list[datetime]:
        """Return the counted hours."""
        found = self._redis.call("SMEMBERS", _HOURS)
        return sorted(datetime.fromtimestamp(int(one) * _HOUR_S, UTC) for one in found)

    def read(self, hour: datetime) -> list[Counted]:
        """Return the counters, read at one instant."""
        flat = [one.decode() for one in self._redis.call("HGETALL", _hash(hour))]
        fields = dict(zip(flat[::2], flat[1::2], strict=True))
        epoch = fields.pop("epoch", "")
        totals: dict[str, dict[str, int]] = {}
        for name, value in fields.items():
            what, _, key = name.partition(":")
            totals.setdefault(key, {})[what] = int(value)
        return [
            Counted(
                KeyId(key), hour, epoch, one.get("requests", 0), one.get("limited", 0), one.get("barred", 0)
            )
            for key, one in totals.items()
        ]

    def forget(self, hour: datetime) -> None:
        """Drop an hour."""
        self._redis.script(_FORGET, [_hash(hour), _HOURS], [_number(hour)])


def _entries(keys: Sequence[MirroredKey]) -> list[Any]:
    found: list[Any] = []
    for one in keys:
        digest = one.digest.hex() if one.live else ""
        found += [f"key:{one.prefix}", one.revision, digest, one.key, one.owner, one.plan]
        found += [" ".join(one.scopes), " ".join(one.networks), int(one.expires_at.timestamp() * 1000)]
        found += [one.quota, one.bucket]
    return found


def _mark(mark: str) -> str:
    return f"key:rebuilding:{mark}"


def _number(hour: datetime) -> int:
    return int(hour.timestamp()) // _HOUR_S


def _hash(hour: datetime) -> str:
    return f"usage:{_number(hour)}"
