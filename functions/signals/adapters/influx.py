"""Candles in InfluxDB 2: measurement ``candle``, tags symbol and timeframe, prices as floats."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final, TypeVar

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from kit.errors import Retryable
from signals.model.market import LENGTH, Candle, Timeframe

T = TypeVar("T")
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_END: Final = datetime.fromisoformat("2262-01-01T00:00:00+00:00")
"""The last year of a time in nanoseconds, 64 bits since the epoch."""
_SPARSE: Final = 6
"""Calendar time per trading time, generously: six hours and a half a day, five days a week."""
_SPAN: Final = """
from(bucket: _bucket)
  |> range(start: _since, stop: _stop)
  |> filter(fn: (r) => r._measurement == "candle" and r.symbol == _symbol and r.timeframe == _timeframe)
  |> tail(n: _count)
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
"""
_MANY: Final = 100_000
_STEP: Final = timedelta(seconds=1)
"""Flux ranges exclude their end, and candles close on whole seconds."""


class InfluxCandleStore:
    """Candles in one bucket; ``connect(fresh=True)`` makes a client with a token read again."""

    def __init__(self, connect: Callable[[bool], InfluxDBClient], bucket: str) -> None:
        self._connect = connect
        self._bucket = bucket
        self._client: InfluxDBClient | None = None

    def save(self, candles: Sequence[Candle]) -> None:
        """Write all in one request: the same point again is the same point."""
        lines = [_line(one) for one in candles]
        if lines:
            self._asking(
                lambda client: client.write_api(write_options=SYNCHRONOUS).write(self._bucket, record=lines)
            )

    def remove(self, candles: Sequence[Candle]) -> None:
        """Delete one after another: InfluxDB deletes by time and tags, and this is rare."""
        for one in candles:
            self._asking(partial(self._delete, one))

    def _delete(self, candle: Candle, client: InfluxDBClient) -> None:
        tags = f'_measurement="candle" AND symbol="{candle.symbol}" AND timeframe="{candle.timeframe}"'
        client.delete_api().delete(candle.closed_at, candle.closed_at, tags, bucket=self._bucket)

    def last(self, symbol: str, timeframe: Timeframe, until: datetime, count: int) -> list[Candle]:
        """Look as far back as ``count`` candles usually reach, and through everything where that fails."""
        if until < _EPOCH:
            return []
        reach = count * LENGTH[timeframe] * _SPARSE + timedelta(days=30)
        near = until - reach if until - _EPOCH > reach else _EPOCH
        found = self._span(symbol, timeframe, near, until, count)
        if len(found) < count and near > _EPOCH:
            found = self._span(symbol, timeframe, _EPOCH, until, count)
        return found

    def between(self, symbol: str, timeframe: Timeframe, after: datetime, until: datetime) -> list[Candle]:
        """Return those in the span, oldest first."""
        if until <= after:
            return []
        return self._span(symbol, timeframe, after + _STEP, until, _MANY)

    def _span(
        self, symbol: str, timeframe: Timeframe, since: datetime, until: datetime, count: int
    ) -> list[Candle]:
        """Return the last ``count`` of the span, both ends included, oldest first."""
        given = {
            "_bucket": self._bucket,
            "_since": max(since, _EPOCH),
            "_stop": min(until, _END) + _STEP,
            "_symbol": symbol,
            "_timeframe": timeframe,
            "_count": count,
        }
        return self._asking(lambda client: list(_candles(client.query_api().query(_SPAN, params=given))))

    def _asking(self, ask: Callable[[InfluxDBClient], T]) -> T:
        try:
            return self._once(ask, fresh=False)
        except ApiException as error:
            if error.status != 401:  # noqa: PLR2004 - a token that was rotated
                raise Retryable(f"InfluxDB refused: {error.status}") from error
        try:
            return self._once(ask, fresh=True)
        except ApiException as error:
            raise Retryable(f"InfluxDB refused a fresh token: {error.status}") from error

    def _once(self, ask: Callable[[InfluxDBClient], T], *, fresh: bool) -> T:
        if self._client is None or fresh:
            self._client = self._connect(fresh)
        try:
            return ask(self._client)
        except (HTTPError, OSError) as error:
            raise Retryable(f"InfluxDB is away: {error!r}") from error


_FIELDS = ("open", "high", "low", "close", "volume")


def _line(candle: Candle) -> str:
    """Return the line protocol of ``candle``; symbols and timeframes need no escaping (letters, digits)."""
    prices = f"open={candle.open},high={candle.high},low={candle.low},close={candle.close}"
    stamp = int(candle.closed_at.timestamp()) * 10**9
    return (
        f"candle,symbol={candle.symbol},timeframe={candle.timeframe} {prices},volume={candle.volume}i {stamp}"
    )


def _candles(tables: Any) -> Iterator[Candle]:
    for table in tables:
        for record in table.records:
            if any(record.values.get(name) is None for name in _FIELDS):
                continue  # a point that is just being written may show only some of its fields
            yield Candle(
                symbol=record["symbol"],
                timeframe=record["timeframe"],
                closed_at=record.get_time(),
                open=_decimal(record["open"]),
                high=_decimal(record["high"]),
                low=_decimal(record["low"]),
                close=_decimal(record["close"]),
                volume=record["volume"],
            )


def _decimal(price: float) -> Decimal:
    return Decimal(repr(price))  # the shortest text that reads back as this float: the price as written
