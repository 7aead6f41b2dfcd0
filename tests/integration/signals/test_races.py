"""What PostgreSQL must guarantee when many do the same thing at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TypeVar

import psycopg
import pytest

from builders.signals import CANDLE_AT, NOW, World, signal, told
from fixtures.database import Databases
from kit.stores.postgres import Database
from signals.adapters.postgres import PostgresCommitmentLog, PostgresSignalBook
from signals.errors import SignalChanged
from signals.model.commitment import NONCE_BYTES, Sealed, canonical, payload_of
from signals.model.signal import AnalystId, Signal

pytestmark = pytest.mark.stores
T = TypeVar("T")
MANY, HANDS = 60, 6


def together(database: Databases, db: Database, work: Callable[[Database, int], T]) -> list[T]:
    """Return what ``work`` gives for 0 … MANY - 1, done by several connections at once."""

    def hand(number: int) -> list[T]:
        own = database.another(db)
        return [work(own, index) for index in range(number, MANY, HANDS)]

    with ThreadPoolExecutor(HANDS) as pool:
        return [one for part in pool.map(hand, range(HANDS)) for one in part]


def drafts(db: Database) -> list[Signal]:
    book = PostgresSignalBook(db, None)
    made = [signal(candle_at=CANDLE_AT + timedelta(days=day)) for day in range(MANY)]
    for one in made:
        book.draft(one, told(one))
    return made


def test_numbers_have_no_gap_and_form_one_chain_whoever_commits_at_once(database: Databases) -> None:
    db = database("signals")
    made = drafts(db)

    def commit(own: Database, index: int) -> int:
        at = NOW + timedelta(microseconds=MANY - index)
        sealed = Sealed(
            made[index].id,
            AnalystId("treum-house"),
            canonical(payload_of(made[index])),
            index.to_bytes(NONCE_BYTES, "big"),
            at,
        )
        log = PostgresCommitmentLog(own)
        number = log.append(sealed).number
        assert log.append(replace(sealed, nonce=bytes(NONCE_BYTES))).number == number
        return number

    numbers = together(database, db, commit)

    chain = PostgresCommitmentLog(db).page(AnalystId("treum-house"), 0, MANY + 1)
    assert sorted(numbers) == list(range(1, MANY + 1))
    assert [one.number for one in chain] == list(range(1, MANY + 1))
    assert [one.previous for one in chain[1:]] == [one.link for one in chain[:-1]]
    assert all(one.committed_at <= other.committed_at for one, other in pairwise(chain))


def test_a_failed_commit_leaves_no_gap(database: Databases) -> None:
    db = database("signals")
    made = drafts(db)
    log = PostgresCommitmentLog(db)
    sealed = Sealed(made[0].id, AnalystId("treum-house"), "{}", bytes(NONCE_BYTES), NOW)
    with pytest.raises(psycopg.errors.CheckViolation):
        log.append(replace(sealed, nonce=b"short"))

    assert log.append(sealed).number == 1


def test_one_draft_and_one_event_come_of_many_replays_at_once(database: Databases) -> None:
    db = database("signals")
    made = signal()

    added = together(database, db, lambda own, _: PostgresSignalBook(own, None).draft(made, told(made)))

    assert Counter(added) == {True: 1, False: MANY - 1}
    assert db.one("SELECT count(*) FROM outbox") == (1,)


def test_ranks_of_a_day_have_no_gap_and_each_version_is_written_once(database: Databases) -> None:
    db = database("signals")
    made = drafts(db)
    book = PostgresSignalBook(db, None)
    ready = [one.to("approved") for one in made]
    for one in ready:
        book.save(one, told(one))

    def publish(own: Database, index: int) -> int:
        book, live = PostgresSignalBook(own, None), replace(ready[index].to("live"), published_at=NOW)
        rank = book.publish(live, NOW.date(), told(live)).day_rank
        with pytest.raises(SignalChanged):
            book.publish(live, NOW.date(), told(live))
        assert rank is not None
        return rank

    assert sorted(together(database, db, publish)) == list(range(1, MANY + 1))


def test_a_stuck_signal_is_driven_by_one_schedule_only(database: Databases) -> None:
    db = database("signals")
    drafts(db)
    later = NOW + timedelta(hours=1)

    taken = together(database, db, lambda own, _: PostgresSignalBook(own, None).take_stuck(later, later, 5))

    ids = [signal_id for part in taken for signal_id, _ in part]
    assert len(ids) == len(set(ids)) == MANY


@pytest.mark.parametrize(
    "command",
    [
        "UPDATE signals SET terms = '{}'",
        "DELETE FROM signals",
        "UPDATE commitments SET hash = ''",
        "DELETE FROM commitments",
        "UPDATE decisions SET passed = true",
        "DELETE FROM decisions",
    ],
)
def test_the_domains_role_cannot_rewrite_history(database: Databases, command: str) -> None:
    db = database("signals")
    world = World(book=PostgresSignalBook(db, None), commitments=PostgresCommitmentLog(db))
    world.published()

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        db.run(command)


def test_times_are_kept_to_the_microsecond(database: Databases) -> None:
    db = database("signals")
    at = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)
    made = signal(at)
    PostgresSignalBook(db, None).draft(made, told(made))

    found = PostgresSignalBook(db, None).find(made.id)

    assert found is not None
    assert found.drafted_at == at
