"""Admit candles: judge what arrived, store what is true, quarantine the rest, make the larger timeframes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from kit import clock
from signals.model.market import Candle, Instrument, Timeframe
from signals.model.quality import Defect, Judge, SeriesKey, SeriesState, flaw
from signals.ports import CandleStore, Reference
from signals.ports.quality import QualityLedger
from signals.service.judging import Arrival, Verdict, judge
from signals.service.resampling import derive


@dataclass(frozen=True, slots=True)
class Admitted:
    """A series after a batch: ``history`` up to its newest arrival, oldest first.

    ``fresh`` are the arrivals that are true, stored before or not, each with the close of the fed candle
    behind it: its own, or for a derived candle that of the one which completed it.
    """

    key: SeriesKey
    instrument: Instrument
    history: Sequence[Candle]
    fresh: Mapping[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a batch."""

    series: Sequence[Admitted] = ()
    defects: Sequence[Defect] = ()
    duplicates: int = 0
    out_of_order: int = 0
    stored: int = 0


Behind = tuple[Verdict, Mapping[datetime, datetime]]
"""A verdict, and for each fresh candle the close of the fed one behind it."""
OnStates = Callable[[Mapping[SeriesKey, SeriesState]], None]


def ignore(_states: Mapping[SeriesKey, SeriesState]) -> None:
    """Nobody remembers candles here."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The way of every candle into the store, from the feed and from a backfill alike.

    ``on_states`` hears the revision of each series before it is read: a memory of candles forgets there
    what another container rewrote.
    """

    candles: CandleStore
    ledger: QualityLedger
    reference: Reference
    now: Callable[[], datetime] = clock.now
    on_states: OnStates = ignore

    def admit(self, arrived: Iterable[Candle], width: int) -> Intake:
        """Take ``arrived`` in any order; return each series with ``width`` candles up to its first arrival.

        Taken again it stores nothing new. Raises ``Retryable`` when a store is away.
        """
        sound, defects = self._screen(arrived)
        keys = self._keys(sound)
        states = self.ledger.states(keys) if keys else {}
        self.on_states(states)
        verdicts: list[Behind] = []
        for key, candles in sound.items():
            verdicts += self._series(key, candles, states, width)
        self._keep([one for one, _ in verdicts], defects)
        return _intake(verdicts, defects)

    def _screen(self, arrived: Iterable[Candle]) -> tuple[dict[SeriesKey, list[Candle]], list[Defect]]:
        now, sound, defects = self.now(), list[Candle](), list[Defect]()
        for one in arrived:
            found = flaw(one, self.reference.instrument(one.symbol), now)
            if found is None:
                sound.append(one)
            else:
                defects.append(found)
        sound.sort(key=lambda one: (one.symbol, one.timeframe, one.closed_at))
        groups = groupby(sound, key=lambda one: SeriesKey(one.symbol, one.timeframe))
        return {key: [*group] for key, group in groups}, defects

    def _keys(self, sound: Mapping[SeriesKey, Sequence[Candle]]) -> list[SeriesKey]:
        """Return the series of ``sound`` and those made from them."""
        found = [*sound]
        for symbol, _ in sound:
            found += [SeriesKey(symbol, one) for one in self._instrument(symbol).derived]
        return found

    def _series(
        self,
        key: SeriesKey,
        candles: Sequence[Candle],
        states: Mapping[SeriesKey, SeriesState],
        width: int,
    ) -> list[Behind]:
        instrument = self._instrument(key.symbol)
        jumps = self.reference.jumps()
        judging = Judge(
            jumps.limit(instrument.kind, key.timeframe),
            jumps.within,
            self.reference.adjustments(key.symbol),
        )
        arrival = Arrival(key, instrument, candles, states.get(key), width)
        base = judge(arrival, judging, self.candles, self.ledger)
        made: list[Behind] = [(base, {one.closed_at: one.closed_at for one in base.fresh})]
        for timeframe in instrument.derived:
            made += self._derived(base, timeframe, states, width)
        return made

    def _derived(
        self, base: Verdict, timeframe: Timeframe, states: Mapping[SeriesKey, SeriesState], width: int
    ) -> list[Behind]:
        behind, gone = derive(base, timeframe, self.candles)
        if not behind and not gone:
            return []
        key = SeriesKey(base.key.symbol, timeframe)
        arrival = Arrival(key, base.instrument, [*behind], states.get(key), width, made=True, gone=gone)
        verdict = judge(arrival, Judge(None, self.reference.jumps().within), self.candles, self.ledger)
        return [(verdict, {one.closed_at: at for one, at in behind.items()})]

    def _keep(self, verdicts: Sequence[Verdict], defects: Sequence[Defect]) -> None:
        """Store first, count then: after a crash between, the same delivery does both again."""
        self.candles.save([one for verdict in verdicts for one in verdict.new])
        removed = [one for verdict in verdicts for one in verdict.removed]
        if removed:
            self.candles.remove(removed)
        every = [*defects, *(one for verdict in verdicts for one in verdict.defects)]
        released = [one for verdict in verdicts for one in verdict.released]
        if verdicts or every:
            self.ledger.note([one.tally for one in verdicts], every, released, self.now())

    def _instrument(self, symbol: str) -> Instrument:
        found = self.reference.instrument(symbol)
        assert found is not None, "strangers were screened out"
        return found


def _intake(
    verdicts: Sequence[Behind],
    defects: Sequence[Defect],
) -> Intake:
    series = [Admitted(one.key, one.instrument, one.history, behind) for one, behind in verdicts if one.fresh]
    every = [one for one, _ in verdicts]
    return Intake(
        series,
        [*defects, *(found for one in every for found in one.defects)],
        sum(one.tally.duplicates for one in every),
        sum(one.tally.out_of_order for one in every),
        sum(one.tally.stored for one in every),
    )
