"""Entry of the schedule: ticking through each minute, what is due; once a minute a look over the books."""

from collections.abc import Mapping
from typing import Any, Protocol

from kit import clock, telemetry
from kit.errors import TreumError
from payments.bootstrap import schedule as wiring
from payments.service.ledger import check_books, expire_pending

_TICK_S = 1.0
_SPARE_MS = 12_000


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds this invocation still has."""


def handler(_event: Mapping[str, Any], context: Context) -> dict[str, int]:
    """Do what is due until the time is nearly over; answer how many rows, holds, differences it met."""
    expired, differ = expire_pending(wiring.ledger()), len(check_books(wiring.ledger()))
    differ += _reconcile()
    unpapered, done = wiring.papers().look_over(), 0
    while True:
        done += wiring.upkeep().run()
        if context.get_remaining_time_in_millis() < _SPARE_MS:
            return {"done": done, "expired": expired, "differ": differ, "unpapered": unpapered}
        clock.sleep(_TICK_S)


def _reconcile() -> int:
    """Look over both books; a gateway that is away must not keep what is due."""
    try:
        return wiring.reconciling().run().opened
    except TreumError as error:
        telemetry.failure("the books could not be compared", error)
        telemetry.count("ReconciliationsFailed", 1)
        return 0
