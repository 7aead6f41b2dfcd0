"""One suite on both books of backtests."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders.research import utc
from fixtures.database import Databases
from kit.ids import uuid7
from signals.adapters.memory.research import MemoryBacktestBook
from signals.adapters.postgres.research import PostgresBacktestBook
from signals.errors import TooManyBacktests
from signals.model.backtest import Backtest, BacktestId, Wanted
from signals.ports.research import BacktestBook

AT = utc(2026, 3, 2)
WANTED = Wanted("ema-trend-1", ("AAPL",), "1d", utc(2001, 1, 1), utc(2005, 1, 1), space={"stop": (1.0, 1.5)})
LATER = AT + timedelta(minutes=1)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def book(request: pytest.FixtureRequest) -> BacktestBook:
    if request.param == "memory":
        return MemoryBacktestBook()
    databases: Databases = request.getfixturevalue("database")
    return PostgresBacktestBook(databases("signals"))


def order(book: BacktestBook, owner: str = "me", minutes: int = 0) -> Backtest:
    at = AT + timedelta(minutes=minutes)
    made = Backtest(BacktestId(uuid7()), owner, WANTED, created_at=at, updated_at=at)
    book.add(made, 3)
    return made


def test_an_order_is_its_owners_alone(book: BacktestBook) -> None:
    made = order(book)
    assert book.of("me", made.id) == book.find(made.id) == made
    assert book.of("you", made.id) is None
    assert book.find(BacktestId(uuid7())) is None


def test_pages_go_back_in_time(book: BacktestBook) -> None:
    made = [order(book, minutes=at) for at in range(3)]
    order(book, "you")
    first = book.page("me", 2, None)
    assert [one.id for one in first] == [made[2].id, made[1].id]
    assert [one.id for one in book.page("me", 2, (first[-1].created_at, first[-1].id))] == [made[0].id]


def test_only_so_many_are_at_work_at_once(book: BacktestBook) -> None:
    made = [order(book) for _ in range(3)]
    with pytest.raises(TooManyBacktests):
        order(book)
    order(book, "you")
    assert book.end(made[0].id, "cancelled", "", LATER)
    order(book)


def test_progress_never_falls_and_ends_once(book: BacktestBook) -> None:
    made = order(book)
    assert book.advance(made.id, "concluding", 0.5, LATER)
    assert book.advance(made.id, "planning", 0.0, LATER), "somebody works on it once more"
    found = book.find(made.id)
    assert found == replace(made, status="running", step="concluding", share=0.5, updated_at=LATER)
    assert found.percent == 85
    assert book.end(made.id, "failed", "why", LATER)
    assert not book.end(made.id, "done", "", LATER)
    assert not book.advance(made.id, "reporting", 0.0, LATER)
    ended = book.find(made.id)
    assert ended is not None
    assert (ended.status, ended.reason, ended.step) == ("failed", "why", "ended")


def test_slices_are_laid_out_once_and_decided_once(book: BacktestBook) -> None:
    made = order(book)
    book.plan(made.id, ["a", "b"], LATER)
    book.plan(made.id, ["a", "b"], LATER)
    book.decide(made.id, 1, "first", LATER)
    book.decide(made.id, 1, "second", LATER)
    assert [(one.number, one.work, one.decided) for one in book.slices(made.id)] == [
        (0, "a", None),
        (1, "b", "first"),
    ]
    assert book.slice(made.id, 1) == book.slices(made.id)[1]
    assert book.slice(made.id, 2) is None
    book.advance(made.id, "deciding", 0.0, LATER)
    found = book.find(made.id)
    assert found is not None
    assert (found.slices, found.slices_done, found.percent) == (2, 1, 40)


def test_a_finding_is_kept_while_somebody_wants_it(book: BacktestBook) -> None:
    made, gone = order(book), order(book)
    assert book.finding(made.id) is None
    book.conclude(made.id, '{"a": 1}', LATER)
    assert book.finding(made.id) == '{"a": 1}'
    book.end(gone.id, "cancelled", "", LATER)
    book.conclude(gone.id, "late", LATER)
    assert book.finding(gone.id) is None


def test_what_ended_is_forgotten_and_what_is_at_work_is_not(book: BacktestBook) -> None:
    ended, busy = order(book), order(book)
    for one in (ended, busy):
        book.plan(one.id, ["a"], AT)
    book.end(ended.id, "done", "", AT)
    assert book.forget(LATER, AT) == 0
    assert (book.slices(ended.id), len(book.slices(busy.id))) == ([], 1)
    assert book.find(ended.id) is not None
    assert book.forget(LATER, LATER) == 1
    assert book.find(ended.id) is None
    assert book.find(busy.id) is not None


def test_what_nobody_touches_is_taken_up_again(book: BacktestBook) -> None:
    made, done = order(book), order(book)
    book.end(done.id, "done", "", AT)
    soon = AT + timedelta(hours=1)
    assert book.take_stuck(AT, soon, 10) == []
    assert book.take_stuck(LATER, soon, 10) == [(made.id, 1)]
    assert book.take_stuck(LATER, soon, 10) == [], "it was touched just now"
    assert book.take_stuck(soon + timedelta(hours=1), soon, 10) == [(made.id, 2)]
