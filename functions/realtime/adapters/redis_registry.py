"""The registry of sockets in Redis.

``rt:conn:{id}`` whose it is · ``rt:conn:{id}:ch`` its channels · ``rt:user:{subject}`` its sockets ·
``rt:ch:{channel}:{shard}`` subscribers · ``rt:due`` reconnect notices · ``rt:plan:{subject}`` a changed plan.
Scripts touch keys they compute: this is for one Redis with replicas, not for a Redis Cluster.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from kit.identity import Plan
from kit.stores.redis import Redis, Script
from realtime.errors import SessionEnded, TooManyChannels, TooManyConnections
from realtime.model import (
    REGISTRATION_S,
    SIGNALS,
    SIGNALS_DELAYED,
    ChannelKey,
    ConnectionId,
    Registration,
    notice_at,
    shard_of,
)

_FULL = -1
_ENDED = -2
# The marks of revocation are read in the script that registers: whoever revokes writes the mark first and
# then looks for connections, so one of the two sees the other.
_REGISTER = Script("""
if redis.call('EXISTS', KEYS[4]) == 1 then return -2 end
local not_before = redis.call('GET', KEYS[5])
if not_before and math.floor(tonumber(ARGV[6])) < tonumber(not_before) then return -2 end
local changed = redis.call('HMGET', KEYS[6], 'plan', 'at')
if changed[1] and changed[1] ~= ARGV[3] and tonumber(ARGV[6]) < tonumber(changed[2]) then return -2 end
if redis.call('EXISTS', KEYS[1]) == 0 then
  local live = 0
  for _, other in ipairs(redis.call('SMEMBERS', KEYS[2])) do
    if redis.call('EXISTS', 'rt:conn:' .. other) == 1 then live = live + 1
    else redis.call('SREM', KEYS[2], other) end
  end
  if live >= tonumber(ARGV[7]) then return -1 end
end
redis.call('HSET', KEYS[1], 'sub', ARGV[2], 'plan', ARGV[3], 'fam', ARGV[4], 'at', ARGV[5], 'tick', ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[8])
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[8])
redis.call('ZADD', KEYS[3], 'NX', ARGV[9], ARGV[1])
return 1
""")
_SUBSCRIBE = Script("""
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('SISMEMBER', KEYS[2], ARGV[2]) == 0 and redis.call('SCARD', KEYS[2]) >= tonumber(ARGV[3]) then
  return -1
end
redis.call('SADD', KEYS[2], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('EXPIRE', KEYS[3], ARGV[4])
return 1
""")
# Where the connection's own list has expired, the channels everybody has are cleared all the same.
_FORGET = Script("""
local sub = redis.call('HGET', KEYS[1], 'sub')
if sub then redis.call('SREM', 'rt:user:' .. sub, ARGV[1]) end
for _, channel in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  redis.call('SREM', 'rt:ch:' .. channel .. ':' .. ARGV[2], ARGV[1])
end
for index = 3, #ARGV do redis.call('SREM', 'rt:ch:' .. ARGV[index] .. ':' .. ARGV[2], ARGV[1]) end
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('DEL', KEYS[1], KEYS[2])
return 1
""")
_FIELDS = ("sub", "plan", "fam", "at", "tick")


class RedisRegistry:
    """See :class:`realtime.ports.Registry`. ``shards`` must be the same in every function."""

    def __init__(self, redis: Redis, shards: int) -> None:
        self._redis = redis
        self._shards = shards

    def register(self, connection: Registration, most: int) -> None:
        """Register unless the user's sockets are all in use or the session ended meanwhile."""
        one = connection
        keys = [
            f"rt:conn:{one.id}",
            f"rt:user:{one.subject}",
            "rt:due",
            f"auth:family:{one.family}",
            f"auth:nbf:{one.subject}",
            f"rt:plan:{one.subject}",
        ]
        due = notice_at(one.id, one.connected_at)
        told: list[str | float] = [one.id, one.subject, one.plan, one.family, one.connected_at, one.ticket_at]
        answer = self._redis.script(_REGISTER, keys, [*told, most, REGISTRATION_S, due])
        if answer == _FULL:
            raise TooManyConnections(f"your plan allows {most} connections at once", retry_after_s=60)
        if answer == _ENDED:
            raise SessionEnded

    def forget(self, connections: Sequence[ConnectionId]) -> None:
        """Remove the connections from wherever they are."""
        for one in connections:
            keys = [f"rt:conn:{one}", f"rt:conn:{one}:ch", "rt:due"]
            self._redis.script(_FORGET, keys, [one, self._shard(one), SIGNALS, SIGNALS_DELAYED])

    def subscribe(self, connection: ConnectionId, channel: ChannelKey, most: int) -> bool:
        """Add a subscription; False when the connection is not known."""
        keys = [f"rt:conn:{connection}", f"rt:conn:{connection}:ch", self._set(channel, connection)]
        answer = self._redis.script(_SUBSCRIBE, keys, [connection, channel, most, REGISTRATION_S])
        if answer == _FULL:
            raise TooManyChannels(f"your plan allows {most} channels on a connection", retry_after_s=60)
        return bool(answer)

    def unsubscribe(self, connection: ConnectionId, channel: ChannelKey) -> None:
        """Remove a subscription."""
        self._redis.pipeline(
            [
                ("SREM", f"rt:conn:{connection}:ch", channel),
                ("SREM", self._set(channel, connection), connection),
            ]
        )

    def channels(self, connection: ConnectionId) -> tuple[ChannelKey, ...] | None:
        """Return the connection's channels, sorted; None when it is not known."""
        known, names = self._redis.pipeline(
            [("EXISTS", f"rt:conn:{connection}"), ("SMEMBERS", f"rt:conn:{connection}:ch")]
        )
        return tuple(sorted(ChannelKey(name.decode()) for name in names)) if known else None

    def subscribers(self, channel: ChannelKey) -> Mapping[int, Sequence[ConnectionId]]:
        """Return the subscribers by shard."""
        asked = [("SMEMBERS", f"rt:ch:{channel}:{shard}") for shard in range(self._shards)]
        found = self._redis.pipeline(asked)
        return {
            shard: [ConnectionId(member.decode()) for member in members]
            for shard, members in enumerate(found)
            if members
        }

    def of_subject(self, subject: str) -> Sequence[Registration]:
        """Return the live connections of a user, sorted by id."""
        ids = sorted(member.decode() for member in self._redis.call("SMEMBERS", f"rt:user:{subject}"))
        if not ids:
            return []
        found = self._redis.pipeline([("HMGET", f"rt:conn:{one}", *_FIELDS) for one in ids])
        return [_registration(one, row) for one, row in zip(ids, found, strict=True) if row[0] is not None]

    def change_plan(self, subject: str, plan: Plan, at: float) -> None:
        """Mark the user: tickets given before carry the old plan."""
        key = f"rt:plan:{subject}"
        self._redis.pipeline([("HSET", key, "plan", plan, "at", at), ("EXPIRE", key, REGISTRATION_S)])

    def due(self, now: float, at_most: int) -> Sequence[ConnectionId]:
        """Return connections whose notice is due."""
        found = self._redis.call("ZRANGEBYSCORE", "rt:due", "-inf", now, "LIMIT", 0, at_most)
        return [ConnectionId(member.decode()) for member in found]

    def noticed(self, connections: Sequence[ConnectionId]) -> None:
        """Take the connections off the list of notices."""
        if connections:
            self._redis.call("ZREM", "rt:due", *connections)

    def _shard(self, connection: str) -> int:
        return shard_of(connection, self._shards)

    def _set(self, channel: ChannelKey, connection: ConnectionId) -> str:
        return f"rt:ch:{channel}:{self._shard(connection)}"


def _registration(connection: str, row: list[Any]) -> Registration:
    subject, plan, family, at, ticket_at = (value.decode() for value in row)
    return Registration(ConnectionId(connection), subject, plan, family, float(at), float(ticket_at))
