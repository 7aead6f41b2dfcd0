"""Entry of the schedule: ticking through each minute, what is due."""

from collections.abc import Mapping
from typing import Any, Protocol

from kit import clock
from privacy.bootstrap import schedule as wiring

_TICK_S = 1.0
_SPARE_MS = 12_000


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds this invocation still has."""


def handler(_event: Mapping[str, Any], context: Context) -> dict[str, int]:
    """Do what is due until the time is nearly over; answer how many rows."""
    done = 0
    while True:
        done += wiring.upkeep().run()
        if context.get_remaining_time_in_millis() < _SPARE_MS:
            return {"done": done}
        clock.sleep(_TICK_S)
