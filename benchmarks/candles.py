"""Candles: write and query rates of both stores beside the plain way.

The peers: ``executemany`` of psycopg for PostgreSQL, without prepared statements as behind any pool; for
InfluxDB its client's own ``Point`` objects.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write.point import Point
from influxdb_client.client.write_api import SYNCHRONOUS

from benchmarks.measure import Result, alternate, result
from benchmarks.signals_store import postgres
from local.stores import Influx
from local.stores.influx import available
from signals.adapters.files import FileReference, RecordedTape
from signals.adapters.influx import InfluxCandleStore
from signals.adapters.recent import RecentCandles
from signals.model.market import Candle
from signals.ports import CandleStore

TAPES = Path(__file__).parents[1] / "infra" / "local" / "tapes"
NAMES = ("us-equities-1d", "eurusd-1h", "spx-1d")
REFERENCE = FileReference()
_PASSWORD = "bench"  # noqa: S105 - of a database that lives for a minute on loopback
_BATCH, _SPAN = 1000, 200
_QUERIES = 40
_TAPE_BATCH = 200


def measure() -> list[Result]:
    """Return rates in thousands of candles a second, ours over the peer's."""
    folder = Path(tempfile.mkdtemp(prefix="treum-bench-"))
    folder.chmod(0o711)
    tapes = [RecordedTape(TAPES / f"{name}.csv.gz", REFERENCE) for name in NAMES]
    rows = [one for tape in tapes for one in tape.read(0, 20_000)]
    try:
        with postgres(folder) as (store, connection):
            found = _rates("PostgreSQL", store, PlainPostgres(connection), "psycopg executemany", rows)
        if available():
            with _influx(folder) as (store, client):
                found += _rates("InfluxDB", store, PlainInflux(client), "influxdb-client Points", rows)
        return found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _rates(
    name: str, store: CandleStore, peer: "PlainPostgres | PlainInflux", peer_name: str, rows: Sequence[Candle]
) -> list[Result]:
    batch = [one for one in rows if one.symbol == "MSFT"][:_BATCH]
    store.save(batch)

    def read_ours() -> int:
        return len(store.last("MSFT", "1d", batch[-1].closed_at, _SPAN))

    def read_theirs() -> int:
        return len(peer.last("MSFT", "1d", batch[-1], _SPAN))

    assert read_ours() == read_theirs() == _SPAN
    ours, theirs = alternate(_writing(store.save, batch), _writing(peer.save, batch))
    recent = RecentCandles(store, keep=2 * _SPAN)

    def window() -> int:
        # a day later: the store is asked for what may be new, as it is with every candle
        return len(recent.last("MSFT", "1d", batch[-1].closed_at + timedelta(days=1), _SPAN))

    reading, plain = alternate(_reading(read_ours), _reading(read_theirs))
    deciding, whole = alternate(_reading(window), _reading(read_theirs))
    return [
        result(f"{name}: candles written", ours, "k/s", theirs, peer_name, ">= 1"),
        result(f"{name}: candles read, {_SPAN} at a time", reading, "k/s", plain, "the same plainly", ">= 1"),
        result(f"{name}: windows of {_SPAN} for a decision", deciding, "k/s", whole, "read whole", ">= 1"),
    ]


def _writing(save: Callable[[Sequence[Candle]], None], batch: Sequence[Candle]) -> Callable[[], float]:
    def side() -> float:
        began = time.perf_counter()
        save(batch)
        return len(batch) / (time.perf_counter() - began) / 1000

    return side


def _reading(read: Callable[[], int]) -> Callable[[], float]:
    def side() -> float:
        began = time.perf_counter()
        many = sum(read() for _ in range(_QUERIES))
        return many / (time.perf_counter() - began) / 1000

    return side


class PlainPostgres:
    """What psycopg's documentation shows first."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self._connection = connection

    def save(self, candles: Sequence[Candle]) -> None:
        """Write row by row; executemany sends them in one pipeline."""
        rows = [
            (c.symbol, c.timeframe, c.closed_at, c.open, c.high, c.low, c.close, c.volume) for c in candles
        ]
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO signals.candles VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (symbol, timeframe, closed_at) DO UPDATE SET open = EXCLUDED.open,"
                " high = EXCLUDED.high, low = EXCLUDED.low, close = EXCLUDED.close, volume = EXCLUDED.volume",
                rows,
            )

    def last(self, symbol: str, timeframe: str, until: Candle, count: int) -> list[Candle]:
        """Read all of the series until then and cut it, as a first version would."""
        rows = self._connection.execute(
            "SELECT * FROM signals.candles WHERE symbol = %s AND timeframe = %s AND closed_at <= %s"
            " ORDER BY closed_at DESC LIMIT %s",
            (symbol, timeframe, until.closed_at, count),
        ).fetchall()
        return [Candle(*row) for row in reversed(rows)]  # type: ignore[arg-type]


class PlainInflux:
    """What influxdb-client's documentation shows first."""

    def __init__(self, client: InfluxDBClient) -> None:
        self._client = client
        self._writer = client.write_api(write_options=SYNCHRONOUS)

    def save(self, candles: Sequence[Candle]) -> None:
        """Write Points."""
        self._writer.write("market", record=[_point(one) for one in candles])

    def last(self, symbol: str, timeframe: str, until: Candle, count: int) -> list[Candle]:
        """Query with everything in the text, and pivot."""
        stop = until.closed_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        flux = f"""from(bucket: "market") |> range(start: 1970-01-01T00:00:00Z, stop: {stop})
            |> filter(fn: (r) => r._measurement == "candle" and r.symbol == "{symbol}"
                and r.timeframe == "{timeframe}")
            |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
            |> sort(columns: ["_time"], desc: true) |> limit(n: {count})"""
        records = [one for table in self._client.query_api().query(flux) for one in table.records]
        return [until for _ in records]


def _point(one: Candle) -> Any:
    made: Any = Point("candle")  # type: ignore[no-untyped-call]  # the client ships no types
    made = made.tag("symbol", one.symbol).tag("timeframe", one.timeframe).time(one.closed_at)
    for name in ("open", "high", "low", "close"):
        made = made.field(name, float(getattr(one, name)))
    return made.field("volume", one.volume)


@contextmanager
def _influx(folder: Path) -> Iterator[tuple[CandleStore, InfluxDBClient]]:
    server = Influx.configured(folder / "influx")
    server.start()
    try:
        with InfluxDBClient(url=server.url, token=server.token, org=server.org, timeout=30_000) as client:
            yield InfluxCandleStore(lambda _fresh: client, "market"), client
    finally:
        if not server.external:
            server.stop()
