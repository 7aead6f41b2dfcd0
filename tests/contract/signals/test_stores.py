"""One suite on every store: in memory, on PostgreSQL, candles on InfluxDB, quotes on Redis."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from builders.signals import CANDLE_AT, NOW, World, candle, signal, told, walk
from fixtures.database import Databases
from kit import events
from kit.events.trading_signals import SignalApproved
from kit.stores.postgres import Database
from kit.stores.redis import Redis
from local.stores import Influx
from signals.adapters.influx import InfluxCandleStore
from signals.adapters.memory import MemoryCandleStore, MemoryQuoteBoard, MemorySignalBook, MemoryTapePositions
from signals.adapters.postgres import (
    PostgresCandleStore,
    PostgresCommitmentLog,
    PostgresRevisionBook,
    PostgresSignalBook,
    PostgresSigners,
    PostgresTapePositions,
)
from signals.adapters.recent import RecentCandles
from signals.adapters.redis import RedisQuoteBoard
from signals.errors import SignalChanged
from signals.model.access import FREE, STAFF, SUBSCRIBER, Access
from signals.model.market import Quote
from signals.model.signal import Decision, Signal
from signals.ports import CandleStore, QuoteBoard, SignalQuery, TapePosition, TapePositions, Waiting
from signals.service import facts


@dataclass
class Side:
    """One implementation of every port that is a store of record."""

    world: World
    positions: TapePositions
    db: Database | None

    def outbox(self) -> list[str]:
        """Return the types of the events written so far, in order."""
        if self.db is None:
            assert isinstance(self.world.book, MemorySignalBook)
            return [event.type for event in self.world.book.events]
        rows = self.db.all("SELECT convert_from(payload, 'UTF8')::jsonb ->> 'type' FROM outbox ORDER BY seq")
        return [str(row[0]) for row in rows]


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "memory":
        return Side(World(), MemoryTapePositions(), None)
    databases: Databases = request.getfixturevalue("database")
    db = databases("signals")
    book = PostgresSignalBook(db, None)
    world = World(book=book, commitments=PostgresCommitmentLog(db), signers=PostgresSigners(db))
    world.revisions = PostgresRevisionBook(db, book)
    return Side(world, PostgresTapePositions(db), db)


def approved_event(one: Signal) -> Any:
    data = SignalApproved(
        signal_id=one.id, symbol="AAPL", approved_by="x", policy_version="p", approved_at=NOW
    )
    return events.new(data, subject=one.id, version=one.version)


def test_a_draft_is_added_once_with_its_event(side: Side) -> None:
    made = signal(warnings=("PENNY_STOCK",), ai_generated=None)

    assert side.world.book.draft(made, told(made))
    assert not side.world.book.draft(made, told(made))

    assert side.world.book.find(made.id) == made
    assert side.outbox() == ["signal.drafted"]


def test_a_signal_is_saved_over_the_version_before_only(side: Side) -> None:
    made = side.world.drafted()
    approved = made.to("approved")
    side.world.book.save(approved, approved_event(approved))

    with pytest.raises(SignalChanged):
        side.world.book.save(approved, approved_event(approved))

    assert side.world.book.find(made.id) == approved
    assert side.outbox() == ["signal.drafted", "signal.approved"]


def test_a_whole_life_reads_back_as_it_was_written(side: Side) -> None:
    live = side.world.published()

    side.world.take([candle(day, 99, 104) for day in (0, 1)])
    side.world.take([candle(2, 103, 111)])

    closed = side.world.book.find(live.id)
    assert closed is not None
    assert (closed.status, closed.exit_price) == ("target_hit", Decimal("110.00"))
    assert (closed.mfe, closed.mae, closed.version) == (Decimal("10.00"), Decimal("1.00"), 4)
    assert side.outbox() == ["signal.drafted", "signal.approved", "signal.published", "signal.closed"]


def test_the_first_decision_of_a_step_stands(side: Side) -> None:
    made = side.world.drafted()
    first = Decision(made.id, "screen", "p-1", True, (), "rule:screen", NOW, "note")
    side.world.book.record(first)
    side.world.book.record(replace(first, policy_version="p-2", passed=False, reasons=("LATE",)))

    assert side.world.book.decisions(made.id) == [first]


def test_signals_published_on_one_day_are_ranked_in_order(side: Side) -> None:
    ranks = [
        side.world.published(symbol=symbol, strategy=f"s-{symbol}").day_rank for symbol in ("AAPL", "MSFT")
    ]
    side.world.at = NOW + timedelta(days=1)

    assert [*ranks, side.world.published(symbol="GOOG").day_rank] == [1, 2, 1]


def page(side: Side, access: Access, **changed: Any) -> list[Signal]:
    query = SignalQuery(access, side.world.at, 50)
    return side.world.book.page(replace(query, **changed))


def test_a_page_shows_what_the_access_allows(side: Side) -> None:
    symbols = ("AAPL", "EURUSD", "GOOG", "MSFT", "SPX")
    for number in range(7):
        side.world.published(
            symbol=symbols[number % 5], strategy=f"s-{number}", timeframe="1h" if number > 4 else "1d"
        )
    draft = side.world.drafted(strategy="draft")

    assert len(page(side, SUBSCRIBER)) == 7
    assert page(side, FREE) == []
    assert {one.id for one in page(side, STAFF)} >= {draft.id}
    side.world.at = NOW + timedelta(minutes=15)
    assert len(page(side, FREE)) == 5
    assert [one.terms.symbol for one in page(side, SUBSCRIBER, symbol="SPX")] == ["SPX"]
    assert page(side, STAFF, statuses=("draft",)) == [draft]
    everything = page(side, STAFF)
    assert [one for one in everything if STAFF.allows(one, side.world.at)] == everything


def test_pages_follow_one_another_without_a_gap(side: Side) -> None:
    for number in range(5):
        side.world.at = NOW + timedelta(seconds=number // 2)
        side.world.drafted(strategy=f"s-{number}")
    whole = page(side, STAFF)
    last = whole[1]

    rest = page(side, STAFF, after=(last.drafted_at, last.id), limit=2)

    assert rest == whole[2:4]
    assert [one.drafted_at for one in whole] == sorted((one.drafted_at for one in whole), reverse=True)


def test_related_signals_are_those_past_screening_newest_first(side: Side) -> None:
    first = side.world.published()
    side.world.drafted(strategy="still-a-draft")
    second = side.world.published(
        candle_at=CANDLE_AT + timedelta(days=30), side="sell", stop=Decimal(105), targets=(Decimal(90),)
    )

    assert side.world.book.related("AAPL", "1d", 10) == [second, first]
    assert side.world.book.related("AAPL", "1h", 10) == []


def test_waiting_signals_become_overdue(side: Side) -> None:
    made = side.world.drafted()
    moved = made.to("awaiting_approval")
    side.world.book.wait(Waiting(made.id, "token-1", NOW), moved, facts.approval_requested(moved, NOW, NOW))
    side.world.book.wait(Waiting(made.id, "token-2", NOW))

    assert moved.status == "awaiting_approval"
    assert side.world.book.waiting(made.id) == Waiting(made.id, "token-2", NOW)
    assert side.world.book.overdue(NOW - timedelta(seconds=1), 10) == []
    assert side.world.book.overdue(NOW, 10) == [moved]


def test_what_waits_is_looked_at_once_a_moment_longest_unseen_first(side: Side) -> None:
    book, asked = side.world.book, []
    for minute, symbol in enumerate(("AAPL", "GOOG", "MSFT")):
        side.world.at = NOW + timedelta(minutes=minute)
        made = side.world.drafted(symbol=symbol)
        asked.append(made.to("awaiting_approval"))
        book.wait(Waiting(made.id, "token", NOW), asked[-1], facts.approval_requested(asked[-1], NOW, NOW))
    side.world.drafted(symbol="AMZN")
    escalated = asked[2].to("escalated")
    book.wait(Waiting(escalated.id, "token", NOW), escalated, facts.escalated(escalated, NOW, NOW))
    later, at_last = NOW + timedelta(minutes=5), NOW + timedelta(minutes=6)

    assert book.take_waiting(later, 2) in ([asked[0], asked[1]], [asked[1], asked[0]])
    assert book.take_waiting(later, 2) == [escalated]
    assert book.take_waiting(later, 2) == []
    assert len(book.take_waiting(at_last, 9)) == 3
    assert book.find(escalated.id) == escalated, "to be looked at changes nothing"


def test_a_stuck_signal_is_taken_once_a_period(side: Side) -> None:
    made = side.world.drafted()
    later = NOW + timedelta(minutes=2)

    assert side.world.book.take_stuck(NOW, later, 10) == []
    assert side.world.book.take_stuck(NOW + timedelta(minutes=1), later, 10) == [(made.id, 1)]
    assert side.world.book.take_stuck(NOW + timedelta(minutes=1), later, 10) == []
    assert side.world.book.take_stuck(later + timedelta(seconds=1), later, 10) == [(made.id, 2)]
    assert side.world.book.counts() == {"draft": 1}


def test_commitments_are_numbered_and_listed_in_order(side: Side) -> None:
    made = [side.world.published(symbol=symbol) for symbol in ("AAPL", "GOOG", "MSFT")]
    found = [side.world.commitments.find(one.id) for one in made]

    listed = side.world.commitments.page(made[0].terms.analyst, 0, 10)

    assert listed == found
    assert [one.number for one in listed] == [1, 2, 3]
    assert [one.previous for one in listed[1:]] == [one.link for one in listed[:2]]
    assert all(one.kept_at == NOW for one in listed)
    assert side.world.commitments.page(made[0].terms.analyst, 1, 1) == listed[1:2]


def test_a_signal_is_numbered_once(side: Side) -> None:
    made = side.world.published()
    first = side.world.commitments.find(made.id)
    assert first is not None

    assert side.world.commitments.append(replace(first.sealed, nonce=bytes(32))) == first


def test_a_tape_moves_only_from_where_it_was(side: Side) -> None:
    start = side.positions.find("t")
    assert start == TapePosition("t")

    assert side.positions.move(start, TapePosition("t", 0, 5, 1))
    assert not side.positions.move(start, TapePosition("t", 0, 9, 0))

    assert side.positions.find("t") == TapePosition("t", 0, 5, 1)


@pytest.fixture(
    params=[
        "memory",
        "recent",
        pytest.param("postgres", marks=pytest.mark.stores),
        pytest.param("influx", marks=pytest.mark.stores),
    ]
)
def candles(request: pytest.FixtureRequest) -> Iterator[CandleStore]:
    if request.param == "memory":
        yield MemoryCandleStore()
    elif request.param == "recent":
        yield RecentCandles(MemoryCandleStore(), keep=6)
    elif request.param == "postgres":
        databases: Databases = request.getfixturevalue("database")
        yield PostgresCandleStore(databases("signals"))
    else:
        influx: Influx = request.getfixturevalue("influx")
        yield from _influx(influx)


def _influx(server: Influx) -> Iterator[CandleStore]:
    from influxdb_client.client.influxdb_client import InfluxDBClient  # noqa: PLC0415 - only where a server is

    with InfluxDBClient(url=server.url, token=server.token, org=server.org) as client:
        client.buckets_api().create_bucket(bucket_name="candles-test")
        yield InfluxCandleStore(lambda _fresh: client, "candles-test")
        client.buckets_api().delete_bucket(client.buckets_api().find_bucket_by_name("candles-test"))


def test_the_newest_candles_come_back_oldest_first(candles: CandleStore) -> None:
    tape = walk(20)
    candles.save(tape)
    candles.save(tape[5:6])
    candles.save([replace(tape[3], symbol="MSFT"), replace(tape[3], timeframe="1h")])
    candles.save([])

    until = tape[9].closed_at

    assert candles.last("AAPL", "1d", until, 4) == tape[6:10]
    assert candles.last("AAPL", "1d", until, 50) == tape[:10]
    assert candles.last("AAPL", "1d", until - timedelta(seconds=1), 1) == tape[8:9]
    assert candles.last("GOOG", "1d", until, 5) == []
    assert candles.last("AAPL", "1d", tape[0].closed_at - timedelta(days=20000), 5) == []


def test_a_span_of_candles_excludes_its_start_and_includes_its_end(candles: CandleStore) -> None:
    tape = walk(9)
    candles.save(tape)

    assert candles.between("AAPL", "1d", tape[2].closed_at, tape[5].closed_at) == tape[3:6]
    assert candles.between("AAPL", "1d", tape[5].closed_at, tape[5].closed_at) == []


def test_a_window_grows_with_what_somebody_else_saved(candles: CandleStore) -> None:
    tape = walk(12)
    for many in (4, 5, 8, 12, 3):
        candles.save(tape[:many])
        assert candles.last("AAPL", "1d", tape[many - 1].closed_at, 4) == tape[max(0, many - 4) : many]


def test_candles_are_found_over_a_long_gap(candles: CandleStore) -> None:
    tape = walk(3)
    candles.save([tape[0], replace(tape[1], closed_at=tape[0].closed_at + timedelta(days=900))])

    found = candles.last("AAPL", "1d", tape[0].closed_at + timedelta(days=1000), 2)

    assert [one.open for one in found] == [tape[0].open, tape[1].open]


@pytest.fixture(
    params=["memory", pytest.param(pytest.param("redis", marks=pytest.mark.stores), marks=pytest.mark.stores)]
)
def quotes(request: pytest.FixtureRequest) -> QuoteBoard:
    if request.param == "memory":
        return MemoryQuoteBoard()
    return RedisQuoteBoard(Redis(request.getfixturevalue("redis_url")))


def test_an_older_quote_never_replaces_a_newer_one(quotes: QuoteBoard) -> None:
    newer = Quote("TEST", Decimal("1.10"), NOW)
    quotes.post([newer, Quote("OTHER", Decimal(2), NOW)])

    quotes.post([Quote("TEST", Decimal("1.05"), NOW - timedelta(seconds=1))])

    assert quotes.find("TEST") == newer
    assert quotes.find("ABSENT") is None
    quotes.post([Quote("TEST", Decimal("1.15"), NOW)])
    assert quotes.find("TEST") == Quote("TEST", Decimal("1.15"), NOW)
