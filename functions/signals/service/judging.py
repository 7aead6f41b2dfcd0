"""Judge one series: which of its arrivals are new, repeated, late, jumping, or a lesser version."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from signals.model.market import Candle, Instrument
from signals.model.quality import Defect, Judge, Reason, SeriesKey, SeriesState, Tally, defect
from signals.ports import CandleStore
from signals.ports.quality import QualityLedger

FEW = 50
"""Arrivals that are read together with what lies before them; more are a backfill, and two exact reads."""
_STEP = timedelta(seconds=1)
_LAST = datetime(9999, 1, 1, tzinfo=UTC)
Timed = dict[datetime, Candle]


@dataclass(frozen=True, slots=True)
class Arrival:
    """Candles of one series, oldest first, and what was known before; ``made`` by us, not fed.

    ``gone`` are closes of made candles that have lost what they were made of.
    """

    key: SeriesKey
    instrument: Instrument
    candles: Sequence[Candle]
    state: SeriesState | None
    width: int
    made: bool = False
    gone: Sequence[datetime] = ()

    @property
    def oldest(self) -> datetime:
        """The first close."""
        return min([one.closed_at for one in self.candles[:1]] + [*self.gone])

    @property
    def newest(self) -> datetime:
        """The last close."""
        return max([one.closed_at for one in self.candles[-1:]] + [*self.gone])

    def ahead(self, at: datetime) -> bool:
        """Whether ``at`` lies beyond everything that was accepted before."""
        return self.state is None or at > self.state.last_at

    @property
    def in_order(self) -> bool:
        """Whether nothing that was accepted or held has to be looked at again."""
        held_at = self.state.held_at if self.state else None
        return self.ahead(self.oldest) and (held_at is None or self.oldest > held_at)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done: ``new`` saved, ``removed`` forgotten, ``defects`` kept, ``released`` let go.

    ``fresh`` are the true ones among the arrivals, ``series`` everything known around them (oldest first),
    ``history`` the part of it up to the newest arrival.
    """

    key: SeriesKey
    instrument: Instrument
    series: Sequence[Candle]
    history: Sequence[Candle]
    fresh: Sequence[Candle]
    new: Sequence[Candle]
    removed: Sequence[Candle]
    defects: Sequence[Defect]
    released: Sequence[Candle]
    tally: Tally
    state: SeriesState | None


def judge(arrival: Arrival, judging: Judge, candles: CandleStore, ledger: QualityLedger) -> Verdict:
    """Return the verdict over ``arrival``; nothing is written.

    A few in order need one read of the newest candles. An arrival that changes the past has everything
    after it judged again, so that the outcome is the same as if all had come in order.
    """
    key, oldest, newest = arrival.key, arrival.oldest, arrival.newest
    if arrival.in_order and len(arrival.candles) <= FEW:
        recent = candles.last(*key, newest, arrival.width + len(arrival.candles) - 1)
        before = [one for one in recent if one.closed_at < oldest]
        return _weigh(arrival, judging, before, _timed(recent[len(before) :]), {})
    before = candles.last(*key, oldest - _STEP, arrival.width)
    known, held = _timed(candles.between(*key, oldest - _STEP, newest)), dict[Candle, Reason]()
    if not arrival.in_order and _news(arrival, known):
        known |= _timed(candles.between(*key, newest, _LAST))
        held = dict(ledger.held(key, oldest))
    return _weigh(arrival, judging, before, known, held)


def _news(arrival: Arrival, known: Timed) -> bool:
    return bool(arrival.gone) or any(known.get(one.closed_at) != one for one in arrival.candles)


def _weigh(
    arrival: Arrival,
    judging: Judge,
    before: Sequence[Candle],
    known: Timed,
    held: Mapping[Candle, Reason],
) -> Verdict:
    instants, repeated = _versions(arrival, known, held)
    ordered = [instants[at] for at in sorted(instants)]
    accepted, refused = judging.fold(before[-1] if before else None, ordered)
    true, arrived = _timed(accepted), {one.closed_at for one in arrival.candles}
    removed = [one for at, one in known.items() if at not in true]
    series = [*before, *accepted]
    history = [one for one in series if one.closed_at <= arrival.newest]
    return Verdict(
        key=arrival.key,
        instrument=arrival.instrument,
        series=series,
        history=history[-(arrival.width + len(arrival.candles) - 1) :],
        fresh=[one for one in accepted if one.closed_at in arrived],
        new=[one for one in accepted if known.get(one.closed_at) != one],
        removed=removed,
        defects=[defect(one, *why) for one, why in refused.items() if held.get(one) != why[0]],
        released=[one for one, reason in held.items() if one not in refused or refused[one][0] != reason],
        tally=_tally(arrival, accepted, known, removed, repeated),
        state=arrival.state,
    )


def _versions(
    arrival: Arrival, known: Timed, held: Collection[Candle]
) -> tuple[dict[datetime, set[Candle]], int]:
    """Return the versions of each instant, and how often nothing new came.

    What we made ourselves replaces what we made before: it was made of more.
    """
    found: dict[datetime, set[Candle]] = {}
    for one in (*known.values(), *held):
        found.setdefault(one.closed_at, set()).add(one)
    repeated = 0
    for one in arrival.candles:
        there = found.setdefault(one.closed_at, set())
        if one in there:
            repeated += not (known.get(one.closed_at) == one and arrival.ahead(one.closed_at))
        elif arrival.made:
            there.clear()
        there.add(one)
    for at in arrival.gone:
        found.pop(at, None)
    return found, repeated


def _tally(
    arrival: Arrival, accepted: Sequence[Candle], known: Timed, removed: Sequence[Candle], repeated: int
) -> Tally:
    """Count by the ledger's state: what lies beyond it is new, even when a crash left it stored."""
    session, state = arrival.instrument.session, arrival.state
    behind = [one for one in accepted if not arrival.ahead(one.closed_at) and one.closed_at not in known]
    added = behind + [one for one in accepted if arrival.ahead(one.closed_at)]
    gone = [one for one in removed if not arrival.ahead(one.closed_at)]
    outside = [not session.trades_at(one.closed_at, one.timeframe) for one in (*added, *gone)]
    changed = [one for one in accepted if known.get(one.closed_at, one) != one]
    return Tally(
        key=arrival.key,
        received=len(arrival.candles),
        stored=len(added) - len(gone),
        duplicates=repeated,
        out_of_order=len(behind),
        off_session=sum(outside[: len(added)]) - sum(outside[len(added) :]),
        rewritten=state is not None and bool(behind or removed or changed),
        first_at=accepted[0].closed_at if accepted else None,
        last_at=accepted[-1].closed_at if accepted else None,
    )


def _timed(candles: Sequence[Candle]) -> Timed:
    return {one.closed_at: one for one in candles}
