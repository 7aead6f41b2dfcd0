"""Entry: ``{"task": "rebuild_performance"}`` makes every figure anew from the facts kept."""

import msgspec

from kit.task import Tasks
from signals.bootstrap.performance import performance


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The task takes no input."""


class Rebuilt(msgspec.Struct, frozen=True):
    """How many promises are counted now."""

    trades: int


def rebuild(_nothing: Nothing) -> Rebuilt:
    """Rebuild; consumers wait meanwhile, readers see the figures from before until it is done."""
    return Rebuilt(performance().rebuild())


handler = Tasks({"rebuild_performance": (Nothing, rebuild)}).handler
