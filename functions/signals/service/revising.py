"""What a revision may change: a stop only towards safety, targets and end only ahead of the market."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from kit.errors import FieldError
from signals.errors import ProposalRefused
from signals.model.market import Candle
from signals.model.signal import Revision, Signal, Terms, horizon_of


@dataclass(frozen=True, slots=True)
class Change:
    """What the analyst wants to change, and why; None leaves a term as it is."""

    reason: str
    stop: Decimal | None = None
    targets: tuple[Decimal, ...] | None = None
    expires_at: datetime | None = None

    def on(self, terms: Terms, by: str, at: datetime) -> Revision:
        """Return the revision that this change of ``terms`` makes."""
        return Revision(
            stop=terms.stop if self.stop is None else self.stop,
            targets=terms.targets if self.targets is None else self.targets,
            expires_at=terms.expires_at if self.expires_at is None else self.expires_at,
            reason=self.reason,
            made_by=by,
            made_at=at,
        )

    def only_stop(self, terms: Terms) -> bool:
        """Whether nothing but the stop of ``terms`` changes."""
        return self.targets in {None, terms.targets} and self.expires_at in {None, terms.expires_at}


def refuse_wrong(
    signal: Signal,
    revision: Revision,
    newest: Candle,
    comply: Callable[[Terms], tuple[str, ...]],
) -> None:
    """Raise :class:`ProposalRefused` with every rule that ``revision`` breaks.

    ``newest`` is the newest candle in the prices of the entry. The original stop stays the measure of risk,
    so ``comply`` judges it with the new targets and end and returns the codes of the rules they break.
    """
    wrong = list(_wrong(signal.current, revision, newest))
    if not wrong:
        life = revision.expires_at - signal.terms.candle_at
        judged = replace(
            signal.terms,
            targets=revision.targets,
            expires_at=revision.expires_at,
            horizon=horizon_of(life),
        )
        wrong = [FieldError("", code, "The compliance policy forbids it") for code in comply(judged)]
    if wrong:
        raise ProposalRefused(wrong[0].detail, tuple(wrong))


def _wrong(before: Terms, revision: Revision, newest: Candle) -> Iterator[FieldError]:
    way, tick = before.direction, before.tick
    if any(price <= 0 or price % tick for price in (revision.stop, *revision.targets)):
        yield FieldError("", "PRICE_OFF_GRID", f"Prices are positive multiples of {tick}")
        return
    if revision.on(before) == before:
        yield FieldError("", "NOTHING_REVISED", "Nothing would change")
    if (revision.stop - before.stop) * way < 0:
        yield FieldError("/stop", "STOP_WIDENED", f"A stop may only move from {before.stop} towards safety")
    if (newest.close - revision.stop) * way <= 0:
        yield FieldError("/stop", "STOP_BEYOND_MARKET", f"The market is at {newest.close}: cancel it instead")
    if any((price - newest.close) * way <= 0 for price in revision.targets):
        yield FieldError("/targets", "TARGET_BEHIND_MARKET", f"The market is at {newest.close} already")
    if revision.expires_at <= newest.closed_at:
        yield FieldError("/expires_at", "END_BEHIND_MARKET", "The end lies after the newest candle")
