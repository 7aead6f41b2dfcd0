"""Entry: the backfill. ``make backfill`` asks for step after step until the tape has ended."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from kit import telemetry
from kit.task import parse, plain
from signals.bootstrap import backfill as wiring


class Fill(msgspec.Struct, frozen=True):
    """Up to ``count`` rows more of ``tape``; ``again`` from its first row."""

    tape: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,40}$")]
    count: Annotated[int, msgspec.Meta(ge=1, le=20_000)] = 5_000
    again: bool = False


def handler(event: Mapping[str, Any], _context: object) -> Any:
    """Store them; answer ``{"tape", "row", "read", "stored", "duplicates", "corrupt", "ended"}``."""
    wanted = parse(Fill, dict(event))
    filled = wiring.backfilling(wanted.tape).fill(wanted.count, again=wanted.again)
    if filled.corrupt:
        telemetry.count("CandlesQuarantined", filled.corrupt, tape=filled.tape)
    return plain(filled)
