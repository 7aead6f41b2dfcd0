"""Larger candles from smaller ones: exact, and only once the bucket of the session is over."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from signals.model.market import Candle, Timeframe
from signals.model.session import Bucket, Session


def merged(members: Sequence[Candle], timeframe: Timeframe, closed_at: datetime) -> Candle:
    """Return the candle over ``members`` (at least one, oldest first)."""
    first, last = members[0], members[-1]
    return Candle(
        symbol=first.symbol,
        timeframe=timeframe,
        closed_at=closed_at,
        open=first.open,
        high=max(one.high for one in members),
        low=min(one.low for one in members),
        close=last.close,
        volume=sum(one.volume for one in members),
    )


def touched(
    session: Session, timeframe: Timeframe, series: Sequence[Candle], changed: Iterable[datetime]
) -> list[Bucket]:
    """Return the buckets of ``timeframe`` that the candles of ``series`` at ``changed`` may have completed.

    That is the one each lies in, the one before it when it still waited for candles that never came, and the
    one after it, which the start of the series may have cut. ``series`` is the base's, oldest first.
    """
    found: dict[datetime, Bucket] = {}
    for instant in changed:
        at = bisect_left(series, instant, key=lambda one: one.closed_at)
        for one in _around(session, series, at):
            bucket = session.bucket(one.closed_at, timeframe)
            if one.closed_at >= instant or one.closed_at < bucket.end:
                found[bucket.stamp] = bucket
    return [found[stamp] for stamp in sorted(found)]


def _around(session: Session, series: Sequence[Candle], at: int) -> Iterator[Candle]:
    """Yield the candle at index ``at`` and its nearest neighbours inside a session."""
    for step in (range(at - 1, -1, -1), range(at, len(series)), range(at + 1, len(series))):
        inside = (series[i] for i in step if session.trades_at(series[i].closed_at, series[i].timeframe))
        yield from islice(inside, 1)
