"""Performance from events only: what the bus told becomes trades, trades become figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from kit import clock
from kit.events import Data, Event
from kit.events.trading_signals import (
    SignalCancelled,
    SignalClosed,
    SignalPublished,
    SignalRecalled,
    SignalRevised,
    SignalVoided,
)
from signals.errors import PerformanceNotVerified
from signals.model.performance import (
    FULL_LOSS,
    LENGTHS,
    Dimension,
    Figures,
    Period,
    Trade,
    grouped,
    in_r,
)
from signals.ports import PerformanceBook, TradeQuery

FACTS: Final[tuple[type[Data], ...]] = (
    SignalPublished,
    SignalRevised,
    SignalRecalled,
    SignalClosed,
    SignalCancelled,
    SignalVoided,
)
"""What is kept. A revision changes no figure: R stays a multiple of the risk first published."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Who verified the figures, and from when on; nobody while ``by`` is empty.

    Risk and return may be shown to the public only as verified by a Past Risk and Return Verification
    Agency, and only for the time after it began to verify (SEBI circulars of 4 April and 30 October 2025).
    """

    by: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """Figures by group, and how far they reach; ``verified`` tells whether they are the agency's or ours."""

    groups: Mapping[str, Figures]
    since: datetime | None
    until: datetime
    verified: bool


@dataclass(frozen=True, slots=True)
class Performance:
    """Taking facts in, and reading what they come to."""

    book: PerformanceBook
    verification: Verification = Verification()
    now: Callable[[], datetime] = clock.now

    def take(self, fact: Event[Any]) -> None:
        """Take in one fact; one seen before changes nothing."""
        self.book.take(fact, trade_of)

    def rebuild(self) -> int:
        """Make every trade anew from the facts kept; return how many there are."""
        return self.book.rebuild(trade_of)

    def read(self, query: TradeQuery, period: Period, by: Dimension | None, *, staff: bool) -> Record:
        """Return the figures of ``period``. Raises :class:`PerformanceNotVerified` for who is not staff.

        The public sees verified figures, never from before the verification began; staff see all of them.
        """
        if not staff and not self.verification.by:
            raise PerformanceNotVerified
        now, length = self.now(), LENGTHS[period]
        since = now - length if length else None
        if not staff:
            since = max((at for at in (since, self.verification.since) if at), default=None)
        groups = grouped(self.book.trades(replace(query, since=since)), by)
        return Record(groups, since, now, verified=not staff)


def trade_of(facts: Sequence[Event[Any]]) -> Trade | None:
    """Return what the facts of one signal come to, in order of their versions; None before it is promised.

    A pure function of the facts, so that counting one by one and counting anew cannot differ.
    """
    ordered = sorted(facts, key=lambda one: (one.version, one.id))
    first = next((one for one in ordered if isinstance(one.data, SignalPublished | SignalVoided)), None)
    if first is None:
        return None
    data, last = first.data, ordered[-1]
    if isinstance(data, SignalVoided):
        return _opened(data, data.voided_at, last.version, state="voided", resolved_at=first.time)
    trade = _opened(data, data.published_at, last.version)
    for fact in ordered:
        trade = _after(trade, data, fact)
    return trade


def _opened(data: SignalPublished | SignalVoided, counted_at: datetime, version: int, **known: Any) -> Trade:
    return Trade(
        data.signal_id,
        data.analyst,
        data.strategy,
        data.symbol,
        data.timeframe,
        counted_at,
        version=version,
        **known,
    )


def _after(trade: Trade, terms: SignalPublished, fact: Event[Any]) -> Trade:
    data = fact.data
    if isinstance(data, SignalRecalled):
        return replace(trade, recalled=True)
    if trade.state != "open" or not isinstance(data, SignalClosed | SignalCancelled):
        return trade
    way = 1 if terms.side == "buy" else -1
    ended = replace(
        trade,
        state=data.outcome if isinstance(data, SignalClosed) else "cancelled",
        resolved_at=fact.time,
        mfe_r=_in_r(data.mfe, terms),
        mae_r=_in_r(data.mae, terms),
    )
    if data.exit_price is None:
        return replace(ended, r=FULL_LOSS)
    return replace(ended, r=_in_r((data.exit_price - terms.entry) * way, terms))


def _in_r(move: Decimal | None, terms: SignalPublished) -> Decimal | None:
    return None if move is None else in_r(move, terms.entry, terms.stop)
