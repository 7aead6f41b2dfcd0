"""Entry of the sender: each minute, ticking through it, what is due is sent and what came of it is noted."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from kit import clock, telemetry
from partners.bootstrap import sender as wiring

_TICK_S = 1.0
_PAUSE_S = 0.2
_LAST_BEGIN_MS = 30_000
_LAST_NOTE_MS = 2_000


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds this invocation still has."""


def handler(_event: Mapping[str, Any], context: Context) -> dict[str, int]:
    """Send until the next one has begun, then wait for what is on its way; answer what ended."""
    pump, ended, told = wiring.pump(), 0, 0
    while context.get_remaining_time_in_millis() > _LAST_BEGIN_MS:
        ended += _go_on(pump.tick)
        told += _go_on(wiring.noticing().tell_one)
        ended += _go_on(lambda: pump.wait(_TICK_S))
    while pump.busy and context.get_remaining_time_in_millis() > _LAST_NOTE_MS:
        ended += _go_on(lambda: pump.wait(_TICK_S))
    return {"ended": ended, "told": told}


def _go_on(step: Callable[[], int]) -> int:
    """Take a step; a store that is away, or one row's defect, must not end the minute of the others."""
    try:
        return step()
    except Exception as error:  # noqa: BLE001 - the edge: what was claimed and not noted is due again
        telemetry.failure("a step of sending failed", error)
        clock.sleep(_PAUSE_S)
        return 0
