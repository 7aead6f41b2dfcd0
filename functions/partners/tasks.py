"""Entry point of jobs, called by schedules and the bootstrap."""

import msgspec

from kit.task import Tasks
from partners.bootstrap import stores
from partners.bootstrap import tasks as wiring


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A job without input."""


def rebuild_keys(_: Nothing) -> dict[str, int]:
    """Heal the mirror of keys."""
    return {"mirrored": stores.mirroring().rebuild()}


def keep_usage(_: Nothing) -> dict[str, int]:
    """Keep what was counted."""
    return {"kept": wiring.usage().flush()}


def forget_deliveries(_: Nothing) -> dict[str, int]:
    """Delete what was sent more than thirty days ago."""
    return {"deleted": wiring.forgetting().forget()}


tasks = Tasks(
    {
        "rebuild_keys": (Nothing, rebuild_keys),
        "keep_usage": (Nothing, keep_usage),
        "forget_deliveries": (Nothing, forget_deliveries),
    }
)
handler = tasks.handler
