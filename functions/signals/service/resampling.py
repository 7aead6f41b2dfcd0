"""Make the candles of a larger timeframe that a batch of smaller ones completed."""

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta

from signals.model.market import Candle, Timeframe
from signals.model.resampling import merged, touched
from signals.model.session import Bucket
from signals.model.timeframe import LENGTH
from signals.ports import CandleStore
from signals.service.judging import Verdict

_STEP = timedelta(seconds=1)


def derive(
    base: Verdict, timeframe: Timeframe, candles: CandleStore
) -> tuple[dict[Candle, datetime], list[datetime]]:
    """Return the closed candles of ``timeframe`` to write, each with the close of the arrival behind it.

    A bucket that began before the series did is not made: its first candles were never seen. One that
    lacks candles inside is made of what was traded, and made again when they come late. Beside them come
    the closes of those that have lost all they were made of.
    """
    changed = sorted({one.closed_at for one in (*base.fresh, *base.new, *base.removed)})
    if not changed or not base.series:
        return {}, []
    newest, first = _ends(base)
    made, gone = dict[Candle, datetime](), list[datetime]()
    for bucket in touched(base.instrument.session, timeframe, base.series, changed):
        if bucket.end > newest or bucket.start < first - LENGTH[base.key.timeframe]:
            continue
        members = _members(base, bucket, candles)
        if members:
            behind = changed[min(bisect_left(changed, bucket.end), len(changed) - 1)]
            made[merged(members, timeframe, bucket.stamp)] = behind
        else:
            gone.append(bucket.stamp)
    return made, gone


def _ends(base: Verdict) -> tuple[datetime, datetime]:
    """Return the newest close and the oldest of the whole series."""
    newest, oldest = base.series[-1].closed_at, base.series[0].closed_at
    if base.state is None:
        return newest, oldest
    return max(newest, base.state.last_at), min(oldest, base.state.first_at)


def _members(base: Verdict, bucket: Bucket, candles: CandleStore) -> list[Candle]:
    session, known = base.instrument.session, base.series
    start = bisect_right(known, bucket.start, key=_close)
    found = list(known[start : bisect_right(known, bucket.end, key=_close)])
    if start == 0 and base.state is not None and base.state.first_at < known[0].closed_at:
        older = candles.between(*base.key, bucket.start, min(bucket.end, known[0].closed_at - _STEP))
        found = [*older, *found]
    return [one for one in found if session.trades_at(one.closed_at, one.timeframe)]


def _close(candle: Candle) -> datetime:
    return candle.closed_at
