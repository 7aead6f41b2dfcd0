"""Entry of the schedule: ticking through each minute, what is due; once a minute a count of late reviews."""

from collections.abc import Mapping
from typing import Any

from kit.due import ticking
from kyc.bootstrap import schedule as wiring


def handler(_event: Mapping[str, Any], context: ticking.Context) -> dict[str, int]:
    """Do what is due until the time is nearly over; answer how many rows, and how many reviews are late."""
    late = wiring.lapsing().late()
    return {"done": ticking.through(context, wiring.upkeep().run), "late": late}
