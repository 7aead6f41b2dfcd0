"""``make scale``: a trading day of 500 instruments in six timeframes through the market consumer, compressed.

Real prices (the hourly tape of EURUSD, each name from another row on) replayed as minutes under 500 synthetic
names, with a real PostgreSQL. Every kind of minute of the day is played at once after another: those that end
one timeframe, and those that end two to six at once. The seconds a function works are measured for each kind
and added up over the day. Writes the table of ``docs/scale.md``.
"""

import math
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks import scale_report
from benchmarks.candles import REFERENCE, TAPES
from benchmarks.scale_market import NAMES, SESSION, SyntheticReference
from benchmarks.signals_store import server, signals_database
from kit.stores.postgres import Database
from local.stores import Postgres
from signals import policies
from signals.adapters.files import RecordedTape
from signals.adapters.memory import MemoryQuoteBoard
from signals.adapters.postgres import PostgresCandleStore, PostgresQualityLedger, PostgresSignalBook
from signals.adapters.recent import RecentCandles
from signals.model.market import Candle
from signals.model.signal import AnalystId
from signals.model.timeframe import LENGTH, TIMEFRAMES, Timeframe
from signals.ports import CandleStore
from signals.service.admitting import Admission
from signals.service.drafting import DISCLAIMER, Desk
from signals.service.watching import Watching
from signals.strategies import WIDTH

PARTITIONS: Final = 12
"""Of the topic ``market-data``: so many functions work at the same time."""
DAY: Final = date(2026, 3, 2)
PLAIN: Final = 6
"""Minutes of the commonest kind that are played; the others come once or twice."""


@dataclass(frozen=True, slots=True)
class Minute:
    """A minute that was played: how many timeframes ended, and the seconds of each partition's batch."""

    at: datetime
    ended: int
    batches: Sequence[float]
    drafted: int


@dataclass(frozen=True, slots=True)
class Container:
    """What one warm function holds: its connection, its memory of candles, its share of the names."""

    names: Sequence[str]
    watching: Watching
    admission: Admission


class Market:
    """The price rows under every name, and the clock of the compressed day."""

    def __init__(self) -> None:
        tape = RecordedTape(TAPES / "eurusd-1h.csv.gz", REFERENCE)
        self._rows = tape.read(0, 5000)
        self.now = SESSION.hours(DAY)[0]

    def candle(self, name: str, timeframe: Timeframe, number: int, closed_at: datetime) -> Candle:
        """Return row ``number`` of ``name`` as the candle that closes at ``closed_at``."""
        offset = NAMES.index(name) * 7 if timeframe == "1m" else 0
        row = self._rows[(offset + number) % len(self._rows)]
        return replace(row, symbol=name, timeframe=timeframe, closed_at=closed_at)

    def past(self, timeframe: Timeframe) -> list[datetime]:
        """Return the last closes of ``timeframe`` before the day, as many as a window is wide."""
        opened = SESSION.hours(DAY)[0]
        days = max(3, math.ceil(2.2 * WIDTH * LENGTH[timeframe] / timedelta(hours=6)))
        closes = SESSION.closes_between(timeframe, opened - timedelta(days=days), opened)
        return [*closes][-WIDTH:]


def main() -> None:
    """Play the day and write the table."""
    console = Console(stderr=True)
    folder = Path(tempfile.mkdtemp(prefix="treum-scale-"))
    folder.chmod(0o711)
    try:
        with server(folder) as running:
            market = Market()
            containers = _containers(running, market)
            console.print(f"scale: {len(NAMES)} names in {PARTITIONS} partitions; filling their past …")
            _fill(market, containers[0].watching.candles)
            played = _play(market, containers, console)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    console.print(scale_report.write(played, _kinds()))


def _containers(running: Postgres, market: Market) -> list[Container]:
    return [
        _container(signals_database(running), NAMES[number::PARTITIONS], market)
        for number in range(PARTITIONS)
    ]


def _container(db: Database, names: Sequence[str], market: Market) -> Container:
    recent = RecentCandles(PostgresCandleStore(db), keep=2 * WIDTH)
    watching = Watching(
        candles=recent,
        quotes=MemoryQuoteBoard(),
        book=PostgresSignalBook(db, None),
        reference=SyntheticReference(),
        policies=policies.load(),
        desk=Desk(AnalystId("treum-house"), DISCLAIMER, ai_generated=False),
        ledger=PostgresQualityLedger(db),
        now=lambda: market.now,
        on_states=recent.forget_rewritten,
    )
    return Container(names, watching, watching.admission)


def _fill(market: Market, store: CandleStore) -> None:
    """Give every series a full window before the day begins."""
    for timeframe in TIMEFRAMES:
        closes = market.past(timeframe)
        for name in NAMES:
            store.save([market.candle(name, timeframe, at, close) for at, close in enumerate(closes)])


def _play(market: Market, containers: Sequence[Container], console: Console) -> list[Minute]:
    minutes = [*SESSION.closes_between("1m", *SESSION.hours(DAY))]
    wanted = _chosen(minutes)
    played: list[Minute] = []
    start = 0
    for number, at in enumerate(minutes):
        if at not in wanted:
            continue
        market.now = at
        for one in containers:
            _skip(market, one, minutes, range(start, number))
        played.append(_minute(market, containers, number, at))
        start = number + 1
        line = f"scale: {at.astimezone(SESSION.zone):%H:%M} ends {played[-1].ended} timeframes"
        console.print(f"{line}: {sum(played[-1].batches):.2f} function-seconds", highlight=False)
    return played


def _skip(market: Market, one: Container, minutes: Sequence[datetime], numbers: range) -> None:
    """Store what lies between two minutes that are played, as a backfill would."""
    for name in one.names:
        between = [market.candle(name, "1m", WIDTH + number, minutes[number]) for number in numbers]
        if between:
            one.admission.admit(between, 30)


def _minute(market: Market, containers: Sequence[Container], number: int, at: datetime) -> Minute:
    batches, drafted = list[float](), 0
    for one in containers:
        arrived = [market.candle(name, "1m", WIDTH + number, at) for name in one.names]
        began = time.perf_counter()
        watched = one.watching.take(dict.fromkeys(arrived))
        batches.append(time.perf_counter() - began)
        drafted += watched.drafted
        assert watched.candles == len(arrived) * _ended(at), "every timeframe that ends is decided on"
    return Minute(at, _ended(at), batches, drafted)


def _ended(at: datetime) -> int:
    """Return how many timeframes end with the minute ``at``."""
    return sum(SESSION.bucket(at, timeframe).end == at for timeframe in TIMEFRAMES)


def _kinds() -> dict[int, int]:
    """Return how many minutes of the day end so many timeframes."""
    every = [_ended(at) for at in SESSION.closes_between("1m", *SESSION.hours(DAY))]
    return {ended: every.count(ended) for ended in sorted(set(every))}


def _chosen(minutes: Sequence[datetime]) -> set[datetime]:
    """Return some minutes of every kind, the first of each after the window of the hour has begun."""
    chosen: set[datetime] = set()
    for ended in set(map(_ended, minutes)):
        of_kind = [at for at in minutes[5:] if _ended(at) == ended]
        chosen |= set(of_kind[: PLAIN if ended == 1 else 3])
    return chosen


if __name__ == "__main__":
    main()
