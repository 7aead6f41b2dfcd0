"""What PostgreSQL must guarantee when many drafts are screened, or one is numbered, at the same moment."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from builders.signals import NOW, World, candle, signal, told
from fixtures.database import Databases
from kit.errors import Retryable
from kit.stores.postgres import Database
from signals.adapters.postgres import PostgresCommitmentLog, PostgresSignalBook, PostgresTrackRecord
from signals.model.market import Timeframe
from signals.model.signal import Signal
from signals.service.publication import Publication

pytestmark = pytest.mark.stores
HANDS = 6
PROTECTED = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
"""A day on which the protections of screening-2 are in force: three signals a day for an instrument."""


def over(db: Database, at: datetime = NOW) -> World:
    book, log = PostgresSignalBook(db, None), PostgresCommitmentLog(db)
    made = World(book=book, commitments=log, at=at)
    made.track = PostgresTrackRecord(db, book, log)
    return made


def screened(database: Databases, db: Database, drafts: Sequence[Signal], at: datetime = NOW) -> Counter[str]:
    """Screen all ``drafts`` at once, each over a connection of its own; return how often each verdict came."""
    book, start = PostgresSignalBook(db, None), Barrier(len(drafts))
    for one in drafts:
        book.draft(one, told(one))
    worlds = [over(database.another(db), at) for _ in drafts]

    def screen(world: World, one: Signal) -> str:
        world.book.find(one.id)  # connected: only the screening itself is raced
        start.wait(10)
        return world.publication.screen(one.id)

    with ThreadPoolExecutor(len(drafts)) as pool:
        return Counter(pool.map(screen, worlds, drafts))


def test_exactly_one_of_many_drafts_of_one_idea_passes_the_screen(database: Databases) -> None:
    db = database("signals")
    for number in range(6):
        drafts = [signal(strategy=f"s-{hand}", symbol=f"X{number}") for hand in range(HANDS)]

        assert screened(database, db, drafts) == {"passed": 1, "screened_out": HANDS - 1}

    reasons = db.all("SELECT DISTINCT unnest(reasons) FROM decisions WHERE NOT passed")
    assert ("DUPLICATE",) in reasons


def test_the_two_sides_of_one_candle_do_not_both_pass(database: Databases) -> None:
    drafts = [signal(strategy=f"s-{number}", side=("buy", "sell")[number % 2]) for number in range(HANDS)]

    assert screened(database, database("signals"), drafts) == {"passed": 1, "screened_out": HANDS - 1}


def test_no_daily_limit_is_passed_by_many_at_once(database: Databases) -> None:
    frames: tuple[Timeframe, ...] = ("1m", "5m", "15m", "1h", "4h", "1d")
    drafts = [signal(PROTECTED, timeframe=frame) for frame in frames]

    assert screened(database, database("signals"), drafts, PROTECTED) == {"passed": 3, "screened_out": 3}


def test_a_signal_is_numbered_or_screened_out_but_never_both(database: Databases) -> None:
    db = database("signals")
    fresh, overtaken = (over(database.another(db)) for _ in range(2))
    overtaken.candles.save([candle(1, 94, 101), candle(2, 94, 101)])
    for number in range(8):
        world = over(db)
        made = world.drafted(symbol=f"X{number}")
        overtaken.candles.save([candle(1, 94, 101, symbol=made.terms.symbol)])
        for step in (Publication.screen, Publication.comply, Publication.approve):
            step(world.publication, made.id)
        start = Barrier(2)

        def commit(side: World, one: Signal = made, start: Barrier = start) -> str:
            start.wait(10)
            try:
                return side.publication.commit(one.id)
            except Retryable:
                return side.publication.commit(one.id)

        with ThreadPoolExecutor(2) as pool:
            verdicts = set(pool.map(commit, (fresh, overtaken)))

        found, numbered = world.book.find(made.id), world.commitments.find(made.id)
        assert found is not None
        assert (found.status, numbered is None) in {("approved", False), ("screened_out", True)}, verdicts
        assert len(verdicts) == 1
