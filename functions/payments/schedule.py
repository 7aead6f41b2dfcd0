"""Entry of the schedule: ticking through each minute, what is due; once a minute a look over the books."""

from collections.abc import Mapping
from typing import Any, Protocol

from kit import clock
from payments.bootstrap import schedule as wiring
from payments.service.ledger import check_books, expire_pending

_TICK_S = 1.0
_SPARE_MS = 12_000


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds this invocation still has."""


def handler(_event: Mapping[str, Any], context: Context) -> dict[str, int]:
    """Do what is due until the time is nearly over; answer how many rows, holds and differences it met."""
    expired, differ = expire_pending(wiring.ledger()), len(check_books(wiring.ledger()))
    done = 0
    while True:
        done += wiring.upkeep().run()
        if context.get_remaining_time_in_millis() < _SPARE_MS:
            return {"done": done, "expired": expired, "differ": differ}
        clock.sleep(_TICK_S)
