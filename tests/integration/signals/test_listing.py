"""How PostgreSQL reads the lists: every filter through an index, whoever asks."""

import json
from datetime import timedelta
from typing import Any, LiteralString

import pytest

from builders.record import Record
from builders.signals import NOW, World
from fixtures.database import Databases
from kit.stores.postgres import Database
from signals.adapters.postgres import PostgresCommitmentLog, PostgresSignalBook, listing
from signals.model.access import FREE, PLANS, STAFF, Access
from signals.model.signal import SignalId
from signals.model.subscription import Subscriptions
from signals.ports import SignalQuery

pytestmark = pytest.mark.stores
MANY = 8_000
FILTERS: list[dict[str, Any]] = [
    {},
    {"symbol": "S7"},
    {"strategy": "x-7"},
    {"analyst": "a-7"},
    {"side": "buy"},
    {"timeframe": "1d", "confidence": 60},
    {"statuses": ("live",)},
    {"statuses": ("cancelled",)},
    {"text": "word77"},
    {"since": NOW + timedelta(minutes=30), "until": NOW + timedelta(minutes=31)},
    {"after": (NOW + timedelta(minutes=50), SignalId("018f0000-0000-7000-8000-000000000000"))},
    {"mine": Subscriptions("me", ("S7", "S8"), ("x-7",))},
]


def filled(database: Databases) -> Database:
    """Return a database with many signals, one a second, every tenth cancelled."""
    db = database("signals")
    Record(World(book=PostgresSignalBook(db, None), commitments=PostgresCommitmentLog(db))).world.drafted()
    with database.owner(db) as owner:
        owner.execute("SET search_path = signals")
        owner.execute(
            "INSERT INTO signals (id, symbol, timeframe, candle_at, terms, drafted_at, status, version,"
            " policy_version, published_at, day_rank, driven_at)"
            " SELECT gen_random_uuid(), 'S' || n %% 500, '1d', %(at)s, terms || jsonb_build_object('symbol', 'S' || n %% 500, 'strategy',"
            " 'x-' || n %% 60, 'analyst', 'a-' || n %% 40, 'rationale', 'word' || n %% 900), %(at)s,"
            " CASE WHEN n %% 10 = 0 THEN 'cancelled' ELSE 'live' END, 3, '',"
            " %(at)s::timestamptz + n * interval '1 second', 1, %(at)s"
            " FROM generate_series(1, %(many)s) AS n, (SELECT terms FROM signals LIMIT 1) AS model",
            {"at": NOW, "many": MANY},
        )
        owner.execute("ANALYZE signals")
    return db


def plan_of(db: Database, columns: LiteralString, query: SignalQuery) -> str:
    """Return PostgreSQL's plan for a page, as JSON text."""
    sql, params = listing.statement(columns, query)
    row = db.one("EXPLAIN (FORMAT JSON) " + sql, params)
    assert row is not None
    return json.dumps(row[0])


def test_no_filter_makes_postgresql_read_the_whole_table(database: Databases) -> None:
    db = filled(database)
    now = NOW + timedelta(days=1)
    accesses: list[Access] = [*PLANS.values(), STAFF]

    scans = [
        (access, asked)
        for access in accesses
        for asked in FILTERS
        if '"Seq Scan"' in plan_of(db, "id", SignalQuery(access, now, 21, **asked))
    ]

    assert scans == []
    found = PostgresSignalBook(db, None).page(SignalQuery(FREE, now, 21, symbol="S7"))
    assert [one.terms.symbol for one in found] == ["S7"] * len(found)
    assert len(found) == MANY // 500

    with database.owner(db) as owner:
        owner.execute("DROP INDEX signals.signals_by_strategy, signals.signals_shown")
    without = plan_of(db, "id", SignalQuery(FREE, now, 21, strategy="x-7"))
    assert '"Seq Scan"' in without, "a list without its index must be seen by this test"
