"""Entry of the sender: each minute, ticking through it, what is due is sent and what came of it is noted."""

from collections.abc import Mapping
from typing import Any, Protocol

from kit import telemetry
from kit.errors import TreumError
from partners.bootstrap import sender as wiring
from partners.service.pumping import Pump

_TICK_S = 1.0
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
        ended += _tick(pump)
        told += _tell_one()
        ended += pump.wait(_TICK_S)
    while pump.busy and context.get_remaining_time_in_millis() > _LAST_NOTE_MS:
        ended += pump.wait(_TICK_S)
    return {"ended": ended, "told": told}


def _tick(pump: Pump) -> int:
    """Send what is due; a store that is away for a moment must not end the minute."""
    try:
        return pump.tick()
    except TreumError as error:
        telemetry.failure("nothing could be claimed", error)
        return 0


def _tell_one() -> int:
    """Tell an owner; what fails stays due, and must not keep what is to be sent."""
    try:
        return int(wiring.noticing().tell_one())
    except TreumError as error:
        telemetry.failure("an owner could not be told", error)
        return 0
