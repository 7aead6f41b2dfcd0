"""Entry of the schedule: each minute what is due; whenever a worker asks, ended sockets are cleared."""

from collections.abc import Mapping
from typing import Any

import msgspec

from kit import clock
from kit.errors import Malformed
from realtime import bootstrap
from realtime.model import ConnectionId
from realtime.service.notices import send_notices


class _Told(msgspec.Struct):
    gone: list[str] = msgspec.field(default_factory=list)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """``{"gone": […]}`` clears those connections; any other event is the minute's."""
    try:
        told = msgspec.convert(event, _Told)
    except msgspec.ValidationError as error:
        raise Malformed(f"the schedule takes {{'gone': […]}} or nothing: {error}") from error
    if told.gone:
        bootstrap.stores.registry().forget([ConnectionId(one) for one in told.gone])
        return {"forgotten": len(told.gone)}
    return _minute()


def _minute() -> dict[str, int]:
    now = clock.now()
    shards = bootstrap.stores.own().fanout_shards
    bootstrap.delivery.publishing().confirm_heads()
    return {
        "published": bootstrap.delivery.publishing().publish_due(now),
        "notices": send_notices(
            bootstrap.stores.registry(), bootstrap.delivery.queue(), shards, now.timestamp()
        ),
        "pruned": bootstrap.truth.truth().channels.prune(now),
    }
