"""The quality ledger in memory."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from signals.model.market import Candle
from signals.model.quality import (
    HELD,
    Defect,
    Reason,
    SeriesKey,
    SeriesQuality,
    SeriesState,
    Tally,
    defect,
    from_row,
)


class MemoryQualityLedger:
    """Counts by series, and the quarantine by id."""

    def __init__(self) -> None:
        self._kept: dict[SeriesKey, SeriesQuality] = {}
        self._revisions = Counter[SeriesKey]()
        self.quarantine: dict[str, Defect] = {}
        self.noted_at: datetime | None = None

    def states(self, keys: Collection[SeriesKey]) -> Mapping[SeriesKey, SeriesState]:
        """Return those with accepted candles."""
        found = {key: self._kept[key] for key in keys if key in self._kept}
        return {
            key: SeriesState(one.first_at, one.last_at, self._revisions[key], self._held_at(key))
            for key, one in found.items()
            if one.first_at and one.last_at
        }

    def note(
        self, tallies: Sequence[Tally], defects: Sequence[Defect], released: Collection[Candle], at: datetime
    ) -> None:
        """Add, quarantine, let go."""
        self.noted_at = at
        for one in tallies:
            self._kept[one.key] = _added(self._kept.get(one.key, SeriesQuality(one.key)), one)
            self._revisions[one.key] += one.rewritten
        for candle in released:
            for reason in HELD:
                self.quarantine.pop(defect(candle, reason, "").id, None)
        for found in defects:
            self.quarantine.setdefault(found.id, found)

    def held(self, key: SeriesKey, since: datetime) -> Mapping[Candle, Reason]:
        """Return what may prove true later."""
        return {one: reason for one, reason in self._held(key).items() if one.closed_at >= since}

    def _held(self, key: SeriesKey) -> dict[Candle, Reason]:
        return {
            from_row(one.row, key.timeframe): one.reason
            for one in self.quarantine.values()
            if (one.symbol, one.timeframe) == key and one.reason in HELD
        }

    def _held_at(self, key: SeriesKey) -> datetime | None:
        return max((one.closed_at for one in self._held(key)), default=None)

    def report(self) -> list[SeriesQuality]:
        """Return every series."""
        corrupt: dict[SeriesKey, Counter[str]] = {}
        for one in self.quarantine.values():
            key = SeriesKey(one.symbol, one.timeframe)  # type: ignore[arg-type]  # a stranger's may be any text
            corrupt.setdefault(key, Counter())[one.reason] += 1
        keys = sorted({*self._kept, *corrupt})
        return [
            replace(self._kept.get(key, SeriesQuality(key)), corrupt=dict(corrupt.get(key, {})))
            for key in keys
        ]


def _added(known: SeriesQuality, more: Tally) -> SeriesQuality:
    return replace(
        known,
        received=known.received + more.received,
        stored=known.stored + more.stored,
        duplicates=known.duplicates + more.duplicates,
        out_of_order=known.out_of_order + more.out_of_order,
        off_session=known.off_session + more.off_session,
        first_at=min((at for at in (known.first_at, more.first_at) if at), default=None),
        last_at=max((at for at in (known.last_at, more.last_at) if at), default=None),
    )
