"""Entry of the schedule: ticking through each minute, what is due; once a minute a look over the books."""

from collections.abc import Mapping
from typing import Any

from kit import telemetry
from kit.due import ticking
from kit.errors import TreumError
from payments.bootstrap import schedule as wiring
from payments.service.ledger import check_books, expire_pending


def handler(_event: Mapping[str, Any], context: ticking.Context) -> dict[str, int]:
    """Do what is due until the time is nearly over; answer how many rows, holds, differences it met."""
    expired, differ = expire_pending(wiring.ledger()), len(check_books(wiring.ledger()))
    differ += _reconcile()
    unpapered = wiring.papers().look_over()
    done = ticking.through(context, wiring.upkeep().run)
    return {"done": done, "expired": expired, "differ": differ, "unpapered": unpapered}


def _reconcile() -> int:
    """Look over both books; a gateway that is away must not keep what is due."""
    try:
        return wiring.reconciling().run().opened
    except TreumError as error:
        telemetry.failure("the books could not be compared", error)
        telemetry.count("ReconciliationsFailed", 1)
        return 0
