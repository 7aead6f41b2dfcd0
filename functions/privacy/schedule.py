"""Entry of the schedule: ticking through each minute, what is due."""

from collections.abc import Mapping
from typing import Any

from kit.due import ticking
from privacy.bootstrap import schedule as wiring


def handler(_event: Mapping[str, Any], context: ticking.Context) -> dict[str, int]:
    """Do what is due until the time is nearly over; answer how many rows."""
    return {"done": ticking.through(context, wiring.upkeep().run)}
