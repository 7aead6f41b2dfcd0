"""The recent past that protections read: the same in memory and on PostgreSQL."""

from datetime import timedelta
from decimal import Decimal

import pytest

from builders.signals import CANDLE_AT, World, candle
from fixtures.database import Databases
from signals.adapters.postgres import (
    PostgresCommitmentLog,
    PostgresRevisionBook,
    PostgresSignalBook,
    PostgresSigners,
)
from signals.model.protection import Past

DAY = timedelta(days=1)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "memory":
        return World()
    databases: Databases = request.getfixturevalue("database")
    db = databases("signals")
    book = PostgresSignalBook(db, None)
    made = World(book=book, commitments=PostgresCommitmentLog(db), signers=PostgresSigners(db))
    made.revisions = PostgresRevisionBook(db, book)
    return made


def test_what_passed_screening_is_read_back_with_its_result(world: World) -> None:
    stopped = world.published()
    world.take([candle(1, 99, 104), candle(2, 94, 101)])
    world.drafted(strategy="draft-1")
    live = world.published(symbol="MSFT", candle_at=CANDLE_AT + 3 * DAY)

    found = world.book.recent(CANDLE_AT - DAY, CANDLE_AT + 3 * DAY)

    ended = world.book.find(stopped.id)
    assert ended is not None
    assert ended.status == "stopped"
    assert found == [
        Past(
            stopped.id,
            "AAPL",
            "ema-trend-1",
            CANDLE_AT,
            closed_at=CANDLE_AT + 2 * DAY,
            stopped=True,
            r=Decimal(-1),
        ),
        Past(live.id, "MSFT", "ema-trend-1", CANDLE_AT + 3 * DAY),
    ]
    assert found == [Past.of(ended), Past.of(live)]


def test_the_span_excludes_its_begin_and_includes_its_end(world: World) -> None:
    world.published()
    later = world.published(symbol="MSFT", candle_at=CANDLE_AT + 3 * DAY)

    assert [one.signal_id for one in world.book.recent(CANDLE_AT, CANDLE_AT + 3 * DAY)] == [later.id]
    assert world.book.recent(CANDLE_AT, CANDLE_AT + 2 * DAY) == []
