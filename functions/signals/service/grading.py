"""Grade the market data: what arrived, what was refused, what the session calendar misses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from signals.errors import InstrumentNotFound
from signals.model.market import Instrument
from signals.model.quality import SeriesQuality
from signals.ports import CandleStore, Reference
from signals.ports.quality import QualityLedger

NEWEST = 10_000
"""Candles of a series that are searched for gaps: the count of missing ones has no such bound."""


@dataclass(frozen=True, slots=True)
class Gap:
    """``missing`` candles between two that are there."""

    after: datetime
    before: datetime
    missing: int


@dataclass(frozen=True, slots=True)
class Grade:
    """A series' record, how many candles of its sessions are missing, and where (newest first)."""

    found: SeriesQuality
    missing: int
    gaps: Sequence[Gap] = ()


@dataclass(frozen=True, slots=True)
class Grading:
    """The read side of data quality."""

    candles: CandleStore
    ledger: QualityLedger
    reference: Reference
    most: int = 50

    def grades(self, symbol: str | None) -> list[Grade]:
        """Return every series, or those of ``symbol`` with their newest gaps, at most ``most``.

        Raises :class:`InstrumentNotFound` for a symbol of which nothing is known at all.
        """
        report = self.ledger.report()
        if symbol is None:
            return [self._grade(one) for one in report]
        found = [one for one in report if one.key.symbol == symbol]
        if not found and self.reference.instrument(symbol) is None:
            raise InstrumentNotFound
        return [self._grade(one, self.most) for one in found]

    def _grade(self, one: SeriesQuality, most: int = 0) -> Grade:
        instrument = self.reference.instrument(one.key.symbol)
        if instrument is None or one.first_at is None or one.last_at is None:
            return Grade(one, 0)
        expected = instrument.session.count(one.key.timeframe, one.first_at, one.last_at)
        missing = max(0, expected - (one.stored - one.off_session))
        return Grade(one, missing, self._gaps(instrument, one, most) if most and missing else ())

    def _gaps(self, instrument: Instrument, one: SeriesQuality, most: int) -> list[Gap]:
        assert one.last_at is not None, "a series with candles has a last one"
        stored = self.candles.last(*one.key, one.last_at, NEWEST)
        found: list[Gap] = []
        for before, after in pairwise(reversed([candle.closed_at for candle in stored])):
            closes = instrument.session.closes_between(one.key.timeframe, after, before)
            missing = sum(after < at < before for at in closes)
            if missing:
                found.append(Gap(after, before, missing))
            if len(found) == most:
                break
        return found
