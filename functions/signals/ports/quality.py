"""Ports of data quality: the ledger of what arrived, and the quarantine of what is not stored."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from signals.model.market import Candle
from signals.model.quality import Defect, Reason, SeriesKey, SeriesQuality, SeriesState, Tally


class QualityLedger(Protocol):
    """Counts by series, and what was refused with its reason; a defect noted again is the same defect."""

    def states(self, keys: Collection[SeriesKey]) -> Mapping[SeriesKey, SeriesState]:
        """Return what is known of ``keys``; a series without accepted candles is absent."""

    def note(
        self, tallies: Sequence[Tally], defects: Sequence[Defect], released: Collection[Candle], at: datetime
    ) -> None:
        """Add the tallies, quarantine ``defects``, let go of held candles that were accepted after all."""

    def held(self, key: SeriesKey, since: datetime) -> Mapping[Candle, Reason]:
        """Return what is refused for its neighbours (``HELD``) and closed at ``since`` or later."""

    def report(self) -> list[SeriesQuality]:
        """Return every series by symbol and timeframe, also those of which nothing was ever accepted."""
