"""Larger candles from smaller ones: exact, and only once the bucket of the session is over."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime

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
    session: Session, timeframe: Timeframe, series: Sequence[Candle], changed: Sequence[datetime]
) -> list[Bucket]:
    """Return the buckets of ``timeframe`` that the instants ``changed`` of ``series`` may have completed.

    That is the one each lies in, the one before it when it still waited for candles that never came, and the
    one after it, which the start of the series may have cut. Both are sorted; ``series`` is the base's.
    """
    found: dict[datetime, Bucket] = {}
    present, bucket = frozenset(changed), None
    for instant in changed:
        at = bisect_left(series, instant, key=_close)
        if bucket is None or not bucket.start < instant <= bucket.end:
            bucket = session.bucket(instant, timeframe)
            if session.trades_at(instant, series[0].timeframe):
                found[bucket.stamp] = bucket
            before = _nearest(session, series, range(at - 1, -1, -1))
            waiting = session.bucket(before, timeframe) if before else None
            if before and waiting and before < waiting.end:
                found[waiting.stamp] = waiting
        after = _nearest(session, series, range(bisect_right(series, instant, key=_close), len(series)))
        if after and after not in present:
            cut = session.bucket(after, timeframe)
            found[cut.stamp] = cut
    return [found[stamp] for stamp in sorted(found)]


def _nearest(session: Session, series: Sequence[Candle], steps: range) -> datetime | None:
    """Return the close of the first candle along ``steps`` that lies inside a session."""
    for at in steps:
        if session.trades_at(series[at].closed_at, series[at].timeframe):
            return series[at].closed_at
    return None


def _close(candle: Candle) -> datetime:
    return candle.closed_at
