"""State and outbox row: one command with a CTE beside the same in four round trips, on a real PostgreSQL.

The link has half a millisecond each way, as between zones of a region: without it there is no trip to save.
"""

import itertools
import shutil
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg

from benchmarks.distant import link
from benchmarks.measure import Result, alternate, result
from bootstrap import migrate, package
from kit import clock, events, outbox
from kit.events.trading_signals import SignalCancelled
from kit.stores.connection import Bounded, DatabaseSettings
from kit.stores.postgres import Database
from local.stores import Postgres

_WRITES = 60
_ONE_WAY_S = 0.0005
_PASSWORD = uuid.uuid4().hex
_STATE = "INSERT INTO orders VALUES (%(id)s, 1) ON CONFLICT DO NOTHING RETURNING id"
_numbers = itertools.count()


def measure() -> list[Result]:
    """Return the one comparison, in milliseconds."""
    folder = Path(tempfile.mkdtemp(prefix="treum-bench-"))
    folder.chmod(0o711)
    server = Postgres.configured(folder / "postgres")
    server.start()
    try:
        with link(server.host, server.port, _ONE_WAY_S) as port:
            return _compare(server, port)
    finally:
        if not server.external:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _compare(server: Postgres, port: int) -> list[Result]:
    with psycopg.connect(server.dsn(), autocommit=True) as owner:
        migrate.ensure_role(owner, "bench", _PASSWORD)
        migrate.apply(owner, package.migrations(), "bench", at=clock.now())
        owner.execute("CREATE TABLE IF NOT EXISTS bench.orders (id text PRIMARY KEY, version int)")
    settings = DatabaseSettings("127.0.0.1", port, server.database, "bench_app")
    ours, peer = Database(settings, _connect), _connect(settings)
    cte = outbox.rows_cte("made")
    command = "WITH made AS (" + _STATE + "), " + cte + " SELECT count(*) FROM made"  # noqa: S608 - literals

    def one_trip() -> None:
        key, given = _order()
        ours.one(command, {"id": key, **given})

    def four_trips() -> None:
        key, given = _order()
        peer.execute("BEGIN")
        peer.execute(_STATE, {"id": key})
        peer.execute(outbox.INSERT, given)
        peer.execute("COMMIT")

    mine, theirs = alternate(_p50(one_trip), _p50(four_trips))
    ours.close()
    peer.close()
    return [
        result(
            "order plus outbox, p50 at 1 ms a round trip",
            mine,
            "ms",
            theirs,
            "the same in four round trips",
            "<= 0.6",
        )
    ]


def _order() -> tuple[str, dict[str, object]]:
    key = f"order-{next(_numbers)}"
    data = SignalCancelled(
        signal_id=key, symbol="SPX", reason="r", cancelled_by="p", cancelled_at=clock.now()
    )
    return key, outbox.params(events.new(data, subject=key, version=1))


def _p50(write: Callable[[], None]) -> Callable[[], float]:
    def side() -> float:
        taken = []
        for _ in range(_WRITES):
            began = time.perf_counter()
            write()
            taken.append(time.perf_counter() - began)
        return statistics.median(taken) * 1000

    return side


def _connect(settings: DatabaseSettings) -> Bounded:
    return Bounded.connect(
        host=settings.database_host,
        port=settings.database_port,
        dbname=settings.database_name,
        user=settings.database_secret,
        password=_PASSWORD,
        autocommit=True,
        prepare_threshold=None,
    )
