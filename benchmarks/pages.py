"""The thousandth page of signals: by cursor beside by offset, on 200,000 rows of a real PostgreSQL."""

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from benchmarks.measure import Result, alternate, result
from bootstrap import migrate, package
from local.stores import Postgres
from signals.adapters.postgres import listing
from signals.model.access import SUBSCRIBER
from signals.model.signal import SignalId
from signals.ports import SignalQuery

ROWS, PAGE, SIZE = 200_000, 1_000, 20
_READS = 15
_AT = datetime(2026, 3, 2, tzinfo=UTC)
_FILL = """
INSERT INTO signals (id, symbol, timeframe, candle_at, terms, drafted_at, status, version, policy_version,
                     published_at, day_rank, driven_at)
SELECT gen_random_uuid(), 'S' || n % 500, '1d', at, jsonb_build_object('strategy', 's-' || n % 9, 'analyst',
       'a-' || n % 40, 'side', 'buy', 'confidence', 80, 'rationale', 'The average crossed above'), at, 'live',
       3, '', at + n * interval '1 second', 1, at
FROM generate_series(1, {rows}) AS n, (SELECT timestamptz '2026-03-02 00:00+00' AS at) AS start
"""


def measure() -> list[Result]:
    """Return the one comparison, in milliseconds of p50; set-up takes some seconds and is not counted."""
    folder = Path(tempfile.mkdtemp(prefix="treum-bench-"))
    folder.chmod(0o711)
    server = Postgres.configured(folder / "postgres")
    server.start()
    try:
        with psycopg.connect(server.dsn(), autocommit=True, prepare_threshold=None) as db:
            fill(db, ROWS)
            return [_compare(db)]
    finally:
        if not server.external:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def fill(db: psycopg.Connection[tuple[object, ...]], rows: int) -> None:
    """Make the domain's own table and index, with ``rows`` signals published a second apart."""
    migrate.ensure_role(db, "signals", "not-used-here")
    migrate.apply(db, package.migrations(), "signals", at=_AT)
    db.execute("SET search_path = signals")
    others = db.execute(
        "SELECT indexname FROM pg_indexes WHERE schemaname = 'signals' AND tablename = 'signals'"
        " AND indexname NOT IN ('signals_pkey', 'signals_shown')"
    ).fetchall()
    db.execute(
        "DROP INDEX " + ", ".join(str(row[0]) for row in others)
    )  # kept, they would only slow the set-up
    db.execute(_FILL.format(rows=rows))
    db.execute("VACUUM ANALYZE signals")


def _compare(db: psycopg.Connection[tuple[object, ...]]) -> Result:
    now = _AT + timedelta(days=30)
    first, params = listing.statement("id::text, shown_at, terms", SignalQuery(SUBSCRIBER, now, SIZE))
    skip = (PAGE - 1) * SIZE
    offset = first + f" OFFSET {skip}"
    before = db.execute(first + f" OFFSET {skip - 1}", params).fetchone()
    assert before is not None, "there are more rows than pages"
    place = (before[1], SignalId(str(before[0])))
    assert isinstance(place[0], datetime)
    cursor, asked = listing.statement(
        "id::text, shown_at, terms", SignalQuery(SUBSCRIBER, now, SIZE, after=(place[0], place[1]))
    )
    assert db.execute(cursor, asked).fetchall() == db.execute(offset, params).fetchall(), "one page, two ways"
    ours, peer = alternate(
        _p50(lambda: db.execute(cursor, asked).fetchall()),
        _p50(lambda: db.execute(offset, params).fetchall()),
    )
    name = f"page {PAGE:,} of signals by cursor, {ROWS:,} rows, p50"
    return result(name, ours, "ms", peer, "LIMIT and OFFSET", "<= 0.1")


def _p50(read: Callable[[], object]) -> Callable[[], float]:
    def side() -> float:
        taken = []
        for _ in range(_READS):
            began = time.perf_counter()
            read()
            taken.append((time.perf_counter() - began) * 1000)
        return statistics.median(taken)

    return side
