"""Past ideas: the live strategies on a recorded tape, each idea followed to its outcome by the live rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Final

from signals.adapters.files import FileReference, RecordedTape
from signals.model.market import Candle, seen_from
from signals.model.outcome import outcome
from signals.model.signal import AnalystId, Terms
from signals.policies import load
from signals.service.drafting import Desk, draft_from
from signals.strategies import ALL, Idea, Series, Strategy

TAPES: Final = Path(__file__).resolve().parents[1] / "local" / "tapes"
NAMES: Final = ("us-equities-1d", "eurusd-1h", "spx-1d")
FIRST_PART: Final = 0.7
_DESK = Desk(AnalystId("calibration"), "Past ideas on recorded prices.", ai_generated=False)
_ALL_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Past:
    """One idea of the past.

    ``r`` is what it came to in units of its risk, before costs; ``hit`` whether the target came first.
    ``held_out`` when it lies in the last part of its tape, which no fit may see.
    """

    tape: str
    symbol: str
    strategy: str
    at: datetime
    ended_at: datetime
    score: float
    r: float
    hit: bool
    held_out: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """The candles of one symbol on one tape; ``cut`` is where the held-out part begins."""

    tape: str
    symbol: str
    candles: Sequence[Candle]

    @property
    def cut(self) -> datetime:
        """Return the close of the first held-out candle."""
        return self.candles[round(FIRST_PART * len(self.candles))].closed_at


def recorded(folder: Path = TAPES, names: Sequence[str] = NAMES) -> Iterator[Recorded]:
    """Give every symbol of every tape."""
    reference = FileReference()
    for name in names:
        tape = RecordedTape(folder / f"{name}.csv.gz", reference).read(0, _ALL_ROWS)
        ordered = sorted(tape, key=lambda one: (one.symbol, one.closed_at))
        for symbol, candles in groupby(ordered, key=lambda one: one.symbol):
            yield Recorded(name, symbol, [*candles])


def past_ideas(of: Recorded, strategies: Sequence[Strategy] = ALL) -> Iterator[Past]:
    """Give the ideas of ``strategies`` on ``of`` that came to an end.

    An idea of the first part that ended in the held-out part belongs to neither: its outcome would tell of
    prices that the fit must not know.
    """
    reference, policies = FileReference(), load()
    policy = max(policies.compliance, key=lambda one: one.effective_from)
    series = Series(of.candles, reference.adjustments(of.symbol))
    for index, candle in enumerate(of.candles):
        window = series.until(index)
        for strategy in strategies:
            idea = strategy.decide(window)
            if idea is None:
                continue
            instrument = reference.instrument(of.symbol)
            assert instrument is not None, "the tape was read with this reference"
            draft = draft_from(
                idea,
                strategy=strategy.name,
                candle=candle,
                instrument=instrument,
                desk=_DESK,
                policy=policy,
                now=candle.closed_at,
            )
            found = _followed(of, index, draft.terms, idea) if draft else None
            if found is not None and (found.held_out or found.ended_at < of.cut):
                yield found


def _followed(of: Recorded, index: int, terms: Terms, idea: Idea) -> Past | None:
    later = of.candles[index + 1 : index + 2 + idea.life]  # it expires with the last of them at the latest
    splits = FileReference().splits(of.symbol)
    found = outcome(terms, seen_from(later, splits, terms.candle_at))
    if found is None:
        return None
    gain = (found.exit_price - terms.entry) * terms.direction
    return Past(
        tape=of.tape,
        symbol=of.symbol,
        strategy=terms.strategy,
        at=terms.candle_at,
        ended_at=found.at,
        score=idea.score,
        r=float(gain / abs(terms.entry - terms.stop)),
        hit=found.ending == "target_hit",
        held_out=terms.candle_at >= of.cut,
    )
