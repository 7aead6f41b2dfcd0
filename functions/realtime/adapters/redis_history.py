"""The history of channels in Redis: a copy that may be lost or have holes, and says so by its offsets."""

from collections.abc import Mapping, Sequence

from kit.stores.redis import Redis, Script
from realtime.model import HISTORY_S, REPLAY_AT_MOST, ChannelKey, Head

# Consumers of several partitions write at once and in any order: a lower offset never lowers the head.
_RAISE = """
local function raise(key, epoch, offset, life)
  local known = redis.call('HMGET', key, 'epoch', 'offset')
  local other = known[1] and known[1] ~= epoch
  if other or not known[1] or tonumber(known[2]) < tonumber(offset) then
    redis.call('HSET', key, 'epoch', epoch, 'offset', offset)
  end
  redis.call('EXPIRE', key, life)
  return other
end
"""
_NOTE = Script(f"{_RAISE} raise(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) return 1")
_REMEMBER = Script(f"""{_RAISE}
if raise(KEYS[1], ARGV[1], ARGV[2], ARGV[5]) then redis.call('DEL', KEYS[2]) end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - tonumber(ARGV[4]))
redis.call('EXPIRE', KEYS[2], ARGV[5])
return 1
""")
_LATEST = Script("""
local known = redis.call('HGET', KEYS[1], 'version')
if known and tonumber(known) >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'frame', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
""")


class RedisHistory:
    """See :class:`realtime.ports.History`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def remember(self, channel: ChannelKey, head: Head, frame: bytes) -> None:
        """Add a frame and raise the head."""
        keys = [f"rt:head:{channel}", f"rt:hist:{channel}"]
        self._redis.script(_REMEMBER, keys, [head.epoch, head.offset, frame, REPLAY_AT_MOST, HISTORY_S])

    def note(self, channel: ChannelKey, head: Head) -> None:
        """Raise the head."""
        self._redis.script(_NOTE, [f"rt:head:{channel}"], [head.epoch, head.offset, HISTORY_S])

    def heads(self, channels: Sequence[ChannelKey]) -> Mapping[ChannelKey, Head]:
        """Return the heads that are known."""
        if not channels:
            return {}
        found = self._redis.pipeline([("HMGET", f"rt:head:{one}", "epoch", "offset") for one in channels])
        return {
            one: Head(row[0].decode(), int(row[1]))
            for one, row in zip(channels, found, strict=True)
            if row[0] is not None
        }

    def since(self, channel: ChannelKey, after: int, to: int) -> Sequence[tuple[int, bytes]]:
        """Return what is cached above ``after`` up to ``to``."""
        key = f"rt:hist:{channel}"
        flat = self._redis.call("ZRANGEBYSCORE", key, f"({after}", to, "WITHSCORES")
        return [(int(score), frame) for frame, score in zip(flat[::2], flat[1::2], strict=True)]

    def latest(self, channel: ChannelKey) -> bytes | None:
        """Return the newest frame."""
        frame: bytes | None = self._redis.call("HGET", f"rt:last:{channel}", "frame")
        return frame

    def keep_latest(self, channel: ChannelKey, version: int, frame: bytes) -> bool:
        """Keep the frame unless a newer one is there."""
        return bool(self._redis.script(_LATEST, [f"rt:last:{channel}"], [version, frame, HISTORY_S]))
