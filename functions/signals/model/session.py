"""When an instrument trades: session days, their candles, and the buckets of larger ones.

A session day is named by the local date it closes on. Where ``opens`` is not before ``closes`` (currencies
trade from 17:00 to 17:00 New York) it opened on the evening before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from signals.model.timeframe import LENGTH, Timeframe

_DAY = timedelta(days=1)
_INSTANT = timedelta.resolution


@dataclass(frozen=True, slots=True)
class Bucket:
    """The span of one candle: after ``start``, until ``end``. ``stamp`` is the close it carries, UTC."""

    start: datetime
    end: datetime
    stamp: datetime


@dataclass(frozen=True, eq=False)
class Session:
    """Trading hours in the zone's wall time. ``days`` are ISO weekdays (1 Monday).

    ``daily_at`` is the UTC time of day that the feed puts on daily candles where it knows a date only;
    without it a daily candle carries the session's close.
    """

    name: str
    zone: ZoneInfo
    opens: time
    closes: time
    days: frozenset[int]
    holidays: frozenset[date] = frozenset()
    daily_at: time | None = None

    def trades_on(self, day: date) -> bool:
        """Whether ``day`` is a session day."""
        return day.isoweekday() in self.days and day not in self.holidays

    @lru_cache(maxsize=4096)  # noqa: B019 - sessions live as long as the process; a candle asks again and again
    def hours(self, day: date) -> tuple[datetime, datetime]:
        """Return open and close of ``day``, UTC, as if it were a session day."""
        before = _DAY if self.opens >= self.closes else timedelta(0)
        opened = datetime.combine(day - before, self.opens, self.zone)
        closed = datetime.combine(day, self.closes, self.zone)
        return opened.astimezone(UTC), closed.astimezone(UTC)

    def day_of(self, closed_at: datetime, timeframe: Timeframe) -> date:
        """Return the day that a candle of ``timeframe`` closing at ``closed_at`` belongs to."""
        if timeframe == "1d" and self.daily_at is not None:
            return closed_at.astimezone(UTC).date()
        day = closed_at.astimezone(self.zone).date()
        # after the day's close begins the next one, where days follow one another without a pause
        overnight = self.opens >= self.closes and closed_at > self.hours(day)[1]
        return day + _DAY if overnight else day

    def bucket(self, closed_at: datetime, timeframe: Timeframe) -> Bucket:
        """Return the span of the ``timeframe`` candle in which something that closed at ``closed_at`` falls.

        Counted from the day's open, so the last one of a day may be shorter.
        """
        day = self.day_of(closed_at, timeframe if timeframe == "1d" else "1m")
        opened, closed = self.hours(day)
        if timeframe == "1d":
            return Bucket(opened, closed, self._daily(day))
        length = LENGTH[timeframe]
        after = (closed_at - opened - _INSTANT) // length  # a candle that ends a bucket is its last one
        start = opened + after * length
        end = min(start + length, closed) if start < closed else start + length
        return Bucket(start, end, end)

    def _daily(self, day: date) -> datetime:
        if self.daily_at is None:
            return self.hours(day)[1]
        return datetime.combine(day, self.daily_at, UTC)

    def on_grid(self, closed_at: datetime, timeframe: Timeframe) -> bool:
        """Whether a candle of ``timeframe`` can close at ``closed_at``, in the session or outside it."""
        day = self.day_of(closed_at, timeframe)
        if timeframe == "1d":
            return closed_at == self._daily(day)
        opened, closed = self.hours(day)
        return closed_at == closed or (closed_at - opened) % LENGTH[timeframe] == timedelta(0)

    def trades_at(self, closed_at: datetime, timeframe: Timeframe) -> bool:
        """Whether a candle that closed at ``closed_at`` lies inside a session."""
        day = self.day_of(closed_at, timeframe)
        opened, closed = self.hours(day)
        return self.trades_on(day) and (timeframe == "1d" or opened < closed_at <= closed)

    def count(self, timeframe: Timeframe, first: datetime, last: datetime) -> int:
        """Return how many candles of ``timeframe`` close from ``first`` to ``last``, both included."""
        return sum(1 for _ in self.closes_between(timeframe, first, last))

    def closes_between(self, timeframe: Timeframe, first: datetime, last: datetime) -> Iterator[datetime]:
        """Return every close of ``timeframe`` that the sessions from ``first`` to ``last`` should have."""
        day, end = self.day_of(first, timeframe), self.day_of(last, timeframe)
        while day <= end:
            if self.trades_on(day):
                yield from (at for at in self._closes(day, timeframe) if first <= at <= last)
            day += _DAY

    def _closes(self, day: date, timeframe: Timeframe) -> Iterator[datetime]:
        if timeframe == "1d":
            yield self._daily(day)
            return
        opened, closed = self.hours(day)
        at = opened
        while at < closed:
            at = min(at + LENGTH[timeframe], closed)
            yield at
