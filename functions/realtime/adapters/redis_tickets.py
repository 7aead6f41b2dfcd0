"""Tickets in Redis: the key is the ticket's hash, so a dump of Redis opens no socket."""

import json
from hashlib import sha256

from kit.identity import Caller, from_context, to_context
from kit.stores.redis import Redis

LIFE_S = 30


class RedisTickets:
    """See :class:`realtime.ports.Tickets`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def keep(self, ticket: str, caller: Caller, at: float) -> None:
        """Keep the caller 30 s."""
        value = json.dumps({"caller": to_context(caller), "at": at})
        self._redis.call("SET", _key(ticket), value, "EX", LIFE_S)

    def take(self, ticket: str) -> tuple[Caller, float] | None:
        """Return the caller once: reading is deleting."""
        raw = self._redis.call("GETDEL", _key(ticket))
        if raw is None:
            return None
        found = json.loads(raw)
        return from_context(found["caller"]), float(found["at"])


def _key(ticket: str) -> str:
    return f"rt:ticket:{sha256(ticket.encode()).hexdigest()}"
