"""Indicators of an instrument: enough candles are read that no value depends on how many are asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kit import clock
from signals.errors import InstrumentNotFound, TimeframeNotOffered
from signals.indicators import Answer, Indicator, Question, answer, catalogue, question
from signals.model.market import Timeframe
from signals.ports import CandleStore, Reference
from signals.strategies.window import Series


@dataclass(frozen=True, slots=True)
class Indicated:
    """Values of ``asked``, one for each of ``closed_at`` (oldest first).

    ``since`` is the first candle that went in: what a cumulative indicator counts from; None without one.
    """

    asked: Question
    closed_at: Sequence[datetime]
    answer: Answer
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Indicating:
    """The read side of indicators."""

    candles: CandleStore
    reference: Reference
    now: Callable[[], datetime] = clock.now

    def indicators(self) -> Sequence[Indicator]:
        """Return everything there is, by name."""
        return [*catalogue().values()]

    def values(
        self,
        symbol: str,
        timeframe: Timeframe,
        name: str,
        given: Mapping[str, str],
        *,
        until: datetime | None = None,
        limit: int = 200,
    ) -> Indicated:
        """Return the newest ``limit`` values until ``until``, in prices of the newest (splits adjusted).

        Raises :class:`InstrumentNotFound`, :class:`TimeframeNotOffered` where there are none at all, and what
        :func:`signals.indicators.question` raises.
        """
        if self.reference.instrument(symbol) is None:
            raise InstrumentNotFound
        asked, now = question(name, given), self.now()
        read = self.candles.last(symbol, timeframe, min(until or now, now), asked.candles(limit))
        if not read and not self.candles.last(symbol, timeframe, now, 1):
            raise TimeframeNotOffered
        if not read:
            return Indicated(asked, [], Answer({one: [] for one in asked.indicator.outputs}), since=None)
        window = Series(read, self.reference.splits(symbol)).span(0, len(read) - 1)
        shown = [one.closed_at for one in read[-limit:]]
        return Indicated(asked, shown, answer(asked, window, limit), since=read[0].closed_at)
