"""Tell sockets that near API Gateway's two hours to come back, before they are cut off."""

from collections import defaultdict

from realtime import frames
from realtime.model import ConnectionId, shard_of
from realtime.ports import FanoutQueue, Parcel, Registry

_AT_ONCE = 10_000
_STEPS = 12
_STEP_MS = 5_000


def send_notices(registry: Registry, queue: FanoutQueue, shards: int, now: float) -> int:
    """Send the notices that are due; return how many. The delays are spread over a minute."""
    due = registry.due(now, _AT_ONCE)
    groups: dict[tuple[int, int], list[ConnectionId]] = defaultdict(list)
    for place, connection in enumerate(due):
        groups[shard_of(connection, shards), place % _STEPS].append(connection)
    queue.send(
        [
            Parcel(shard, ids, frames.reconnect(step * _STEP_MS))
            for (shard, step), ids in sorted(groups.items())
        ]
    )
    registry.noticed(due)
    return len(due)
