"""Entry of the schedule: ticking through each minute, and on until the next one has begun."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

from analytics.bootstrap import projector as wiring
from kit import clock, telemetry
from kit.errors import Retryable

_TICK_S = 1.0
_SPARE_MS = 10_000


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds this invocation still has."""


def handler(_event: Mapping[str, Any], context: Context) -> dict[str, float]:
    """Tick until the time is nearly over; answer how many facts were counted and the lag.

    The lag is the age of the oldest fact when it was counted, or the time since nothing was left to count.
    """
    facts, age = 0, timedelta()
    while True:
        try:
            ticked = wiring.keeping().tick()
        except Retryable as error:
            telemetry.warning("the projector goes on", reason=str(error))
        else:
            facts, age = facts + ticked.facts, max(age, ticked.age)
        if context.get_remaining_time_in_millis() < _SPARE_MS:
            lag = max(age, wiring.keeping().lag()).total_seconds()
            telemetry.count("FactsCounted", facts)
            telemetry.count("FigureLag", lag, unit="Seconds")
            return {"facts": facts, "lag_s": lag}
        clock.sleep(_TICK_S)
