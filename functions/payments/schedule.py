"""Entry of the schedule: ticking through each minute, what is due, and a look over the books of the last day.

Once a night ``{"look": "whole"}``: the whole books, with more patience than a minute's work has.
"""

from collections.abc import Callable, Mapping
from typing import Any

from kit import telemetry
from kit.due import ticking
from kit.errors import TreumError
from payments.bootstrap import schedule as wiring
from payments.service.ledger import check_books, expire_pending


def handler(event: Mapping[str, Any], context: ticking.Context) -> dict[str, int]:
    """Do what is due until the time is nearly over; answer how many rows, holds, differences it met."""
    if event.get("look") == "whole":
        return {"differ": len(check_books(wiring.patient_ledger(), whole=True))}
    expired = expire_pending(wiring.ledger())
    differ = _compared(_check) + _compared(_reconcile)
    unpapered = wiring.papers().look_over()
    done = ticking.through(context, wiring.upkeep().run)
    return {"done": done, "expired": expired, "differ": differ, "unpapered": unpapered}


def _check() -> int:
    return len(check_books(wiring.ledger()))


def _reconcile() -> int:
    return wiring.reconciling().run().opened


def _compared(look: Callable[[], int]) -> int:
    """Look over books; those that are away, or too slow, must not keep what is due."""
    try:
        return look()
    except TreumError as error:
        telemetry.failure("the books could not be compared", error)
        telemetry.count("ReconciliationsFailed", 1)
        return 0
