"""An analyst's record: every number ever promised, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from signals.model.commitment import Commitment
from signals.model.outcome import Stale
from signals.model.signal import CLOSED, Revision, Signal, SignalId, Status

VoidReason = Literal["EXPIRED", "WITHDRAWN", "MISTAKE", "OUTAGE"]
"""What a person may say; a rule voids for what made the promise :data:`Stale`."""
EntryStatus = Literal[Status, "voided", "lapsed"]
Subject = NewType("Subject", str)


@dataclass(frozen=True, slots=True)
class Void:
    """Why a number was never published. ``market_at`` is the newest candle that was known by then.

    A promise voided after its loss was to be seen hides it: anyone with the candles can tell by that time.
    """

    signal_id: SignalId
    reason: VoidReason | Stale
    note: str
    voided_by: str
    voided_at: datetime
    market_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One number: its promise, its signal, and its void if it has one. A revision has a number of its own."""

    commitment: Commitment
    signal: Signal
    void: Void | None = None

    @property
    def revision(self) -> Revision | None:
        """The published revision that this number promised; None for a signal and for one never published."""
        number = self.commitment.sealed.revision
        return next((one for one in self.signal.revisions if one.number == number), None)

    @property
    def status(self) -> EntryStatus:
        """Its signal's state; ``voided`` if never published, ``lapsed`` for a revision that came too late."""
        if self.void is not None:
            return "voided"
        if self.commitment.sealed.revision and self.revision is None:
            return "lapsed" if self.signal.status in CLOSED else "approved"
        return self.signal.status

    @property
    def revealed(self) -> bool:
        """Whether payload and nonce may be shown to everybody."""
        return self.void is not None or self.signal.status in CLOSED

    @property
    def published_at(self) -> datetime | None:
        """When subscribers were told."""
        if self.commitment.sealed.revision:
            return self.revision.published_at if self.revision else None
        return self.signal.published_at

    @property
    def live_from(self) -> datetime | None:
        """The market time from which later candles count for it."""
        if self.commitment.sealed.revision:
            return self.revision.since if self.revision else None
        return self.signal.live_from
