"""The loop of a schedule's function: what is due, again and again, until its minute is nearly over."""

from collections.abc import Callable
from typing import Final, Protocol

from kit import clock

_TICK_S: Final = 1.0
_SPARE_MS: Final = 12_000


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds this invocation still has."""


def through(context: Context, run: Callable[[], int]) -> int:
    """Call ``run`` each second until the time of ``context`` is nearly over; return what they sum to."""
    done = 0
    while True:
        done += run()
        if context.get_remaining_time_in_millis() < _SPARE_MS:
            return done
        clock.sleep(_TICK_S)
