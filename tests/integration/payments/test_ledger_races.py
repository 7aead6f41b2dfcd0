"""The books when things happen at once, and when whoever posts dies: the quick tier of the storm.

A seed replays a storm's scripts; who comes first is the machine's choice, so the judgement never depends on it.
"""

import random
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from psycopg import sql

from builders.ledger import COURSES, NOW, WALLET, capture, chain, ended, transfer, voided, wallet_with
from builders.ledger_database import Owner, opened, planted
from builders.ledger_kills import FAILPOINTS, Victim, settle
from builders.ledger_storm import History, begin, drive, judge, script
from fixtures.database import Databases
from kit.errors import Rejected, TreumError
from kit.stores.postgres import Database
from payments import errors
from payments.adapters.postgres.ledger import PostgresLedger
from payments.model.ledger import Chain
from payments.model.ledger_books import Receipt
from payments.model.ledger_chart import clearing, refunds

pytestmark = pytest.mark.stores
HANDS = 4


def at_once(databases: Databases, db: Database, chains: list[Chain]) -> list[str]:
    """Post each chain from a connection of its own at the same moment; return what came back, sorted."""
    start = Barrier(len(chains))
    others = [PostgresLedger(databases.another(db)) for _ in chains]

    def post(number: int) -> str:
        others[number].trial_balance(NOW)  # the connection is open
        start.wait(10)
        try:
            return "replayed" if others[number].post(chains[number], NOW).replayed else "ok"
        except TreumError as error:
            return type(error).__name__

    with ThreadPoolExecutor(len(chains)) as pool:
        return sorted(pool.map(post, range(len(chains))))


def test_one_of_many_equal_posts_has_the_effect(database: Databases) -> None:
    db = opened(database)
    ledger = PostgresLedger(db)
    wallet = wallet_with(ledger, 100)
    for _ in range(5):
        one = chain(transfer(wallet, clearing(WALLET), 20), capture())
        assert at_once(database, db, [one] * 6) == ["ok", *["replayed"] * 5]
    assert ledger.discrepancies() == []


def test_a_wallet_is_spent_once(database: Databases) -> None:
    db = opened(database)
    ledger = PostgresLedger(db)
    for _ in range(5):
        wallet = wallet_with(ledger, 100)
        spends = [chain(transfer(wallet, clearing(WALLET), 60)) for _ in range(5)]
        assert at_once(database, db, spends) == [*["BalanceInsufficient"] * 4, "ok"]


def test_a_pending_transfer_ends_once(database: Databases) -> None:
    db = opened(database)
    ledger = PostgresLedger(db)
    for _ in range(5):
        hold = capture(pending=True)
        ledger.post(chain(hold), NOW)
        ends = [chain(ended(hold)), chain(voided(hold)), chain(ended(hold, 1)), chain(voided(hold))]
        assert at_once(database, db, ends) == [*["PendingEnded"] * 3, "ok"]


def race_refunds(databases: Databases, db: Database) -> None:
    """Refund one capture twice: the first waits to commit while the second asks."""
    ledger = PostgresLedger(db)
    taken = capture(100)
    ledger.post(chain(taken), NOW)
    parts = [chain(transfer(refunds(COURSES), clearing(COURSES), 60, reverses=taken.id)) for _ in range(2)]
    first, second = databases.another(db), PostgresLedger(databases.another(db))
    with ThreadPoolExecutor(1) as pool:
        with first.transaction():
            PostgresLedger(first).post(parts[0], NOW)
            later = pool.submit(second.post, parts[1], NOW)
            with databases.owner(db) as owner:
                until_it_waits_or_ended(owner, later)
        with pytest.raises(errors.ReversalExceeded):
            later.result()
    assert ledger.discrepancies() == []


def until_it_waits_or_ended(owner: Owner, later: Future[Receipt]) -> None:
    waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    while not later.done() and owner.execute(waiting).fetchone() is None:
        pass  # each round asks the server: it waits for it


def test_two_refunds_of_one_capture_wait_for_each_other(database: Databases) -> None:
    race_refunds(database, opened(database))


def test_without_the_lock_on_the_capture_both_refunds_pass(database: Databases, tmp_path: Path) -> None:
    lock = "PERFORM FROM transfers WHERE id = ANY (originals) ORDER BY id FOR NO KEY UPDATE;"
    db = planted(database, tmp_path, lock, "NULL;")
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        race_refunds(database, db)
    assert [one.what for one in PostgresLedger(db).discrepancies()] == ["reversals exceed what was posted"]


def storm(databases: Databases, db: Database, seed: int, count: int) -> History:
    wallets = begin(PostgresLedger(db), 3)
    seen = History()
    with ThreadPoolExecutor(HANDS) as pool:
        hands = [
            pool.submit(drive, PostgresLedger(databases.another(db)), script(seed + number, wallets, count))
            for number in range(HANDS)
        ]
        for one in hands:
            seen.add(one.result())
    return seen


def test_a_storm_on_three_wallets_loses_and_doubles_nothing(database: Databases) -> None:
    db = opened(database)
    seen = storm(database, db, seed=20260401, count=60)
    assert seen.unknown == [], "no two posts ever wait for each other in a circle"
    assert len(seen.ok) > HANDS * 60 // 3
    judge(PostgresLedger(db), seen)


def test_locks_in_any_order_end_in_deadlocks(database: Databases, tmp_path: Path) -> None:
    ordered = "PERFORM FROM balances WHERE account = ANY (touched) ORDER BY account FOR NO KEY UPDATE;"
    db = planted(database, tmp_path, ordered, ordered.replace("ORDER BY account", "ORDER BY random()"))
    with database.owner(db) as owner:
        name = sql.Identifier(owner.info.dbname)
        owner.execute(
            sql.SQL("ALTER ROLE payments_app IN DATABASE {} SET deadlock_timeout = '20ms'").format(name)
        )
    storms = (storm(database, db, seed=20260401 + turn, count=60) for turn in range(10))
    assert any(one.unknown for one in storms), "no storm, of ten at most, ran into a deadlock"


def test_a_collision_inside_a_transaction_is_left_to_whoever_began_it(database: Databases) -> None:
    db = opened(database)
    wallet = wallet_with(PostgresLedger(db), 100)
    mine, other = database.another(db), PostgresLedger(database.another(db))
    tries = []

    def both() -> None:
        tries.append(mine.one("SELECT ledger.balance(%s, NULL)", (wallet,)))  # the picture is taken here
        if len(tries) == 1:
            other.post(chain(transfer(wallet, clearing(WALLET), 10)), NOW)
        PostgresLedger(mine).post(chain(transfer(wallet, clearing(WALLET), 20)), NOW)

    mine.retry(both)

    assert len(tries) == 2
    found = PostgresLedger(db).balance(wallet)
    assert found is not None
    assert found.available.amount == 70


def test_clients_killed_at_every_failpoint_leave_all_or_nothing(database: Databases, tmp_path: Path) -> None:
    db = opened(database)
    ledger = PostgresLedger(db)
    wallets = begin(ledger, 3)
    victims = {
        point: Victim(db, tmp_path, seed, wallets, 40, stand_at=point)
        for seed, point in enumerate(FAILPOINTS)
    }
    seen = History()
    for point, victim in victims.items():
        victim.kill_at(point)
        seen.add(victim.history())
    assert len(seen.unknown) == len(FAILPOINTS), "each died with a chain on its way"
    with database.owner(db) as owner:
        settle(owner)
    judge(ledger, seen)


def test_clients_killed_within_a_call_leave_all_or_nothing(database: Databases, tmp_path: Path) -> None:
    db = opened(database)
    ledger = PostgresLedger(db)
    wallets = begin(ledger, 3)
    chance = random.Random(5)  # noqa: S311 - a repeatable order, no secret
    victims = [Victim(db, tmp_path, 100 + number, wallets, 60) for number in range(2)]
    seen = History()
    for one in victims:
        seen.add(one.history(one.kill_within(chance.randrange(5, 40) * 2 + 1, chance)))
    with database.owner(db) as owner:
        settle(owner)
    judge(ledger, seen)


def test_a_history_of_a_lost_or_doubled_transfer_is_found(database: Databases, tmp_path: Path) -> None:
    db = opened(database)
    ledger = PostgresLedger(db)
    wallets = begin(ledger, 3)
    chains = script(3, wallets, 20)
    with pytest.raises(AssertionError, match="answered, but not recorded"):
        judge(ledger, History(ok=[chains[0]]))
    seen = drive(ledger, chains)
    with pytest.raises(AssertionError, match="refused, but recorded"):
        judge(ledger, History(refused=seen.ok))
    with pytest.raises(AssertionError, match="that nobody sent"):
        judge(ledger, History(ok=seen.ok[1:]))
    returned = "recorded_at := replay(entries);\n        RETURN;"
    twice = planted(database, tmp_path, returned, returned.removesuffix("RETURN;"))
    other = PostgresLedger(twice)
    seen = drive(other, script(3, begin(other, 3), 20))
    with pytest.raises((AssertionError, Rejected)):
        judge(other, seen)
