"""What PostgreSQL must guarantee for the record when things happen at once."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from builders.facts import cancelled, closed, published, recalled
from builders.record import HOUSE, Record
from builders.signals import World
from fixtures.database import Databases
from kit.events import Event
from kit.stores.postgres import Database
from signals.adapters.postgres import PostgresCommitmentLog, PostgresSignalBook, PostgresTrackRecord
from signals.adapters.postgres.performance import PostgresPerformanceBook
from signals.errors import AlreadyPublished, NotYetApproved, SignalChanged
from signals.model.performance import Trade
from signals.ports import TradeQuery
from signals.service.performance import FACTS, trade_of

pytestmark = pytest.mark.stores
HANDS = 5


def stories(count: int) -> list[Event[Any]]:
    """Return the facts of ``count`` signals, shuffled as several partitions and retries would bring them."""
    made: list[Event[Any]] = []
    for number in range(count):
        one = published(strategy=f"s-{number % 3}")
        made += [one, (closed(one, "110"), cancelled(one, "97"))[number % 2], recalled(one)]
    random.Random(7).shuffle(made)  # noqa: S311 - a repeatable order, no secret
    return made


def test_figures_are_whole_after_facts_came_by_many_hands_while_they_were_rebuilt(
    database: Databases,
) -> None:
    db = database("signals")
    facts = stories(25)

    def hand(own: Database, part: Sequence[Event[Any]]) -> None:
        book = PostgresPerformanceBook(own, FACTS)
        for fact in part:
            book.take(fact, trade_of)

    def rebuild(own: Database) -> list[int]:
        return [PostgresPerformanceBook(own, FACTS).rebuild(trade_of) for _ in range(6)]

    with ThreadPoolExecutor(HANDS + 1) as pool:
        rebuilding = pool.submit(rebuild, database.another(db))
        work = [pool.submit(hand, database.another(db), facts[number::HANDS]) for number in range(HANDS)]
        for one in work:
            one.result()
        counts = rebuilding.result()

    assert counts == sorted(counts), "a rebuild saw fewer promises than the one before"
    found = {one.signal_id: one for one in PostgresPerformanceBook(db, FACTS).trades(TradeQuery())}
    assert found == expected(facts)


def expected(facts: Sequence[Event[Any]]) -> dict[str, Trade]:
    made = (
        trade_of([one for one in facts if one.subject == name]) for name in {one.subject for one in facts}
    )
    return {one.signal_id: one for one in made if one is not None}


def test_a_promise_is_published_or_voided_but_never_both(database: Databases) -> None:
    db = database("signals")
    first = recorded(db)
    made = [
        first.committed(strategy=f"s-{number}", symbol=symbol)
        for number, symbol in enumerate(("AAPL", "MSFT", "SPX", "GOOG"))
    ]
    publisher, voider = (recorded(database.another(db)) for _ in range(2))

    def publish(signal_id: Any) -> bool:
        try:
            return publisher.world.publication.publish(signal_id) == "published"
        except (SignalChanged, NotYetApproved):
            return False

    def void(signal_id: Any) -> bool:
        try:
            voider.voiding.void(signal_id, "MISTAKE", by="person")
        except (SignalChanged, AlreadyPublished):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        for one in made:
            both = [pool.submit(side, one.id) for side in (publish, void)]
            assert sorted(side.result() for side in both) == [False, True]

    entries = first.track.entries(HOUSE, 0, 9)
    assert len(entries) == len(made)
    assert all((one.void is None) == (one.signal.published_at is not None) for one in entries)
    told = db.all(
        "SELECT key, count(*) FROM outbox WHERE convert_from(payload, 'UTF8') ~ 'signal.(published|voided)\"' GROUP BY key"
    )
    assert {row[1] for row in told} == {1}


def recorded(db: Database) -> Record:
    book, log = PostgresSignalBook(db, None), PostgresCommitmentLog(db)
    made = Record(World(book=book, commitments=log))
    made.track = PostgresTrackRecord(db, book, log)
    return made
