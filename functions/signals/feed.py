"""Entry: the feed. A schedule, the market's play button or a person asks for the next candles of a tape."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from kit import telemetry
from kit.task import parse, plain
from signals.bootstrap import feed as wiring


class Play(msgspec.Struct, frozen=True):
    """``count`` candles of ``tape`` (the settings' one when empty), from its start again with ``rewind``."""

    count: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    tape: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{0,40}$")] = ""
    rewind: bool = False


def handler(event: Mapping[str, Any], _context: object) -> Any:
    """Publish them; answer ``{"tape", "published", "refused", "corrupt", "lap", "row", "ended"}``."""
    play = parse(Play, dict(event))
    feeding = wiring.feeding(play.tape or wiring.chosen().tape)
    played = feeding.play(play.count, rewind=play.rewind)
    if played.corrupt:
        telemetry.count("CandlesQuarantined", played.corrupt, tape=played.tape)
    return plain(played)
