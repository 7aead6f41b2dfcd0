"""The verdict on a storm: no contradiction is left once everything had time to arrive."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from builders.money_books import Connection, contradictions, read_books
from builders.money_storm import Bought, Storm
from demo.people import Client
from local.stores.base import until

_SETTLED_S = 60.0
_COPIES = 2


def found(history: Sequence[Bought], storm: Storm, ours: Connection) -> list[str]:
    """Return what contradicts ``history`` now."""
    gateway: dict[str, Any] = Client(storm.faults.running.api).get("/_local/stripe/books")
    return contradictions(history, read_books(gateway, ours))


def agree(storm: Storm, ours: Connection) -> dict[str, Any]:
    """Fail with every contradiction that stays; return the figures of the storm."""
    until(partial(_agrees, storm, ours), _SETTLED_S)
    left = found(storm.history, storm, ours)
    assert left == [], "\n".join([f"seed {storm.seed}", *left, storm.faults.running.confession()])
    ended = Client(storm.faults.running.api).get("/_local/stripe")["deliveries"]
    return {
        "seed": storm.seed,
        "pages": len(storm.history),
        "paid": sum(page.paid for page in storm.history),
        "refunds": sum(page.refund is not None for page in storm.history),
        "webhooks": _COPIES * sum(ended.values()),
        "answers heard": dict(sorted(storm.heard.items())),
        "contradictions": 0,
    }


def _agrees(storm: Storm, ours: Connection) -> bool:
    return not found(storm.history, storm, ours)
