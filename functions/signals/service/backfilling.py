"""Fill the store with the past: a recorded tape through the same judgement as the feed, in steps that resume.

No quote is shown and no strategy asked: what is filled in is history, and a signal on it would be no advice.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile

from kit import clock
from signals.model.market import Candle
from signals.model.quality import Defect
from signals.policies import Policies
from signals.ports import Feed, TapePosition, TapePositions
from signals.service.admitting import Admission

WIDTH = 30
"""Candles before a step that its first are judged and resampled with; older ones are read on demand."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What one step did, and where the tape stands. ``ended``: at its end or at the lag."""

    tape: str
    row: int
    read: int
    stored: int
    duplicates: int
    corrupt: int
    ended: bool


@dataclass(frozen=True, slots=True)
class Backfilling:
    """The backfill's use case over one tape."""

    feed: Feed
    positions: TapePositions
    admission: Admission
    policies: Policies
    now: Callable[[], datetime] = clock.now

    def fill(self, count: int, *, again: bool = False) -> Filled:
        """Take up to ``count`` rows more, ``again`` from the first row; what is there already is not changed.

        The position moves after everything is stored, so a step that was killed is done again with the same
        result. Raises ``Retryable`` when a store is away.
        """
        before = self.positions.find(f"backfill:{self.feed.tape}")
        start = replace(before, row=0) if again else before
        found = self.feed.rows(start.row, count)
        taken = list(takewhile(self._old_enough(), found))
        corrupt = [one for one in taken if isinstance(one, Defect)]
        intake = self.admission.admit((one for one in taken if isinstance(one, Candle)), WIDTH)
        if corrupt:
            self.admission.ledger.note((), corrupt, (), self.now())
        self._move(before, replace(start, row=start.row + len(taken)))
        return Filled(
            tape=self.feed.tape,
            row=start.row + len(taken),
            read=len(taken),
            stored=intake.stored,
            duplicates=intake.duplicates,
            corrupt=len(corrupt) + len(intake.defects),
            ended=len(taken) < count,
        )

    def _old_enough(self) -> Callable[[Candle | Defect], bool]:
        """Return whether a row may be stored: a young one ends the step, one of the future is judged."""
        now = self.now()
        lag = self.policies.compliance_on(now.date()).lag
        return lambda one: isinstance(one, Defect) or not timedelta(0) <= now - one.closed_at < lag

    def _move(self, before: TapePosition, after: TapePosition) -> None:
        if after != before:
            self.positions.move(before, after)
