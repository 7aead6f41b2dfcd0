"""The database connection against a real PostgreSQL: transactions, deadlines, losses."""

import os
import signal
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest

from kit import behalf
from kit.errors import Retryable
from kit.stores.connection import Bounded
from kit.stores.postgres import Database, DatabaseSettings

if TYPE_CHECKING:
    from local.stores import Postgres

pytestmark = pytest.mark.stores


def made(postgres: "Postgres", timeout_s: float = 2.0) -> Database:
    settings = DatabaseSettings(postgres.host, postgres.port, "kit_stores", "unused", timeout_s)

    def connector(asked: DatabaseSettings) -> Bounded:
        connection = Bounded.connect(postgres.dsn("kit_stores"), autocommit=True, prepare_threshold=None)
        connection.longest_wait_s = asked.database_timeout_s + 0.5
        return connection

    return Database(settings, connector)


@pytest.fixture
def db(postgres: "Postgres") -> Iterator[Database]:
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute("drop database if exists kit_stores with (force)")
        admin.execute("create database kit_stores")
    database = made(postgres)
    database.run("create table t (id int primary key, n int not null)")
    yield database
    database.close()


def count(db: Database) -> int:
    row = db.one("select count(*) from t")
    assert row is not None
    return int(row[0])


def kill(postgres: "Postgres", db: Database) -> None:
    row = db.one("select pg_backend_pid()")
    assert row is not None
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(%s, 5000)", (row[0],))


def test_commands_outside_a_transaction_commit_at_once(db: Database, postgres: "Postgres") -> None:
    assert db.run("insert into t values (1, 1), (2, 2)") == 2
    assert db.all("select id, n from t order by id") == [(1, 1), (2, 2)]
    assert db.one("select n from t where id = %s", (9,)) is None
    other = made(postgres)
    assert count(other) == 2
    other.close()


def test_a_failure_undoes_the_whole_transaction(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), db.transaction():
        db.run("insert into t values (1, 1)")
        _ = 1 / 0
    assert count(db) == 0


def test_an_inner_transaction_joins_the_outer(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), db.transaction():
        with db.transaction():
            db.run("insert into t values (1, 1)")
        _ = 1 / 0
    assert count(db) == 0


def test_an_inner_failure_that_was_caught_still_undoes_the_outer(db: Database) -> None:
    with pytest.raises(RuntimeError, match="rolled back"), db.transaction():
        db.run("insert into t values (1, 1)")
        with pytest.raises(ZeroDivisionError), db.transaction():
            _ = 1 / 0
    assert count(db) == 0


def test_a_database_error_that_was_caught_is_not_committed_silently(db: Database) -> None:
    with pytest.raises(RuntimeError, match="rolled back"), db.transaction():
        db.run("insert into t values (1, 1)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            db.run("insert into t values (1, 1)")
    assert count(db) == 0


def test_hooks_run_after_the_outermost_commit_only(db: Database) -> None:
    seen: list[str] = []
    db.on_commit(lambda: seen.append("outside"))
    with db.transaction():
        with db.transaction():
            db.on_commit(lambda: seen.append(f"rows {count(db)}"))
            db.run("insert into t values (1, 1)")
        assert seen == ["outside"]
    assert seen == ["outside", "rows 1"]
    with pytest.raises(ZeroDivisionError), db.transaction():
        db.on_commit(lambda: seen.append("never"))
        _ = 1 / 0
    assert seen == ["outside", "rows 1"]


def test_a_hook_that_fails_does_not_hide_the_commit(db: Database) -> None:
    def away() -> None:
        raise Retryable("the relay is away")

    with db.transaction():
        db.on_commit(away)
        db.run("insert into t values (1, 1)")
    assert count(db) == 1


def test_serialization_failures_are_tried_again(db: Database, postgres: "Postgres") -> None:
    db.run("insert into t values (1, 0)")
    tries = 0
    other = made(postgres)

    def add() -> None:
        nonlocal tries
        tries += 1
        row = db.one("select n from t where id = 1")
        assert row is not None
        if tries == 1:
            other.run("update t set n = n + 10 where id = 1")
        db.run("update t set n = %s where id = 1", (row[0] + 1,))

    db.retry(add)
    other.close()
    assert tries == 2
    assert db.one("select n from t") == (11,)


def test_retry_gives_up_with_retryable(db: Database, postgres: "Postgres") -> None:
    db.run("insert into t values (1, 0)")
    other = made(postgres)

    def never() -> None:
        db.one("select n from t where id = 1")
        other.run("update t set n = n + 1 where id = 1")
        db.run("update t set n = 0 where id = 1")

    with pytest.raises(Retryable):
        db.retry(never, attempts=2)
    other.close()
    assert db.one("select n from t") == (2,)


@pytest.mark.usefixtures("db")
def test_the_server_ends_a_statement_at_the_deadline(postgres: "Postgres") -> None:
    impatient = made(postgres, 0.2)
    with pytest.raises(Retryable, match="too long"):
        impatient.one("select pg_sleep(30)")
    assert impatient.one("select 1") == (1,)
    with pytest.raises(Retryable, match="too long"), impatient.transaction():
        impatient.run("insert into t values (1, 1)")
        impatient.one("select pg_sleep(30)")
    assert count(impatient) == 0
    impatient.close()


def test_waiting_for_a_lock_ends_at_the_deadline(postgres: "Postgres", db: Database) -> None:
    db.run("insert into t values (1, 0)")
    impatient = made(postgres, 0.2)
    with db.transaction():
        db.run("update t set n = 1")
        with pytest.raises(Retryable):
            impatient.run("update t set n = 2")
    impatient.close()


@pytest.mark.usefixtures("db")
def test_a_server_that_stands_still_ends_at_our_own_deadline(postgres: "Postgres") -> None:
    impatient = made(postgres, 0.2)
    row = impatient.one("select pg_backend_pid()")
    assert row is not None
    os.kill(row[0], signal.SIGSTOP)
    try:
        with pytest.raises(Retryable, match="went away"):
            impatient.run("insert into t values (1, 1)")
    finally:
        os.kill(row[0], signal.SIGCONT)
    impatient.close()


def test_a_connection_lost_while_idle_is_replaced_before_sending(postgres: "Postgres", db: Database) -> None:
    kill(postgres, db)
    assert db.run("insert into t values (1, 1)") == 1
    kill(postgres, db)
    with db.transaction():
        db.run("insert into t values (2, 2)")
    assert count(db) == 2


def test_a_connection_lost_inside_a_transaction_shows_and_nothing_is_done_twice(
    postgres: "Postgres", db: Database
) -> None:
    with pytest.raises(Retryable), db.transaction():
        db.run("insert into t values (1, 1)")
        kill(postgres, db)
        db.run("insert into t values (2, 2)")
    assert count(db) == 0


def test_an_effect_behind_a_select_is_not_run_twice_after_a_loss(postgres: "Postgres", db: Database) -> None:
    db.run(
        "create function effect() returns void language plpgsql as "
        "$$ begin insert into t values (1, 1); perform pg_sleep(30); end $$"
    )
    row = db.one("select pg_backend_pid()")
    assert row is not None

    def end() -> None:
        with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
            busy = "select count(*) from pg_stat_activity where pid = %s and wait_event = 'PgSleep'"
            while admin.execute(busy, row).fetchone() != (1,):
                pass
            admin.execute("select pg_terminate_backend(%s, 5000)", row)

    thread = threading.Thread(target=end)
    thread.start()
    with pytest.raises(Retryable, match="not known"):
        db.one("select effect()")
    thread.join()
    assert count(db) == 0


def test_a_pure_read_is_tried_once_more_after_a_loss(postgres: "Postgres", db: Database) -> None:
    row = db.one("select pg_backend_pid()")
    assert row is not None

    def end() -> None:
        with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
            busy = "select count(*) from pg_stat_activity where pid = %s and wait_event = 'PgSleep'"
            while admin.execute(busy, row).fetchone() != (1,):
                pass
            admin.execute("select pg_terminate_backend(%s, 5000)", row)

    thread = threading.Thread(target=end)
    thread.start()
    assert db.one("select pg_sleep(0.5), 7") == ("", 7)
    thread.join()


def test_nobody_listening_is_retryable() -> None:
    def connector(_: DatabaseSettings) -> Bounded:
        raise Retryable("the database cannot be reached")

    database = Database(DatabaseSettings("127.0.0.1", 1, "x", "unused"), connector)
    with pytest.raises(Retryable), database.transaction():
        database.run("select 1")
    with pytest.raises(Retryable):
        database.one("select 1")


def test_each_statement_says_on_whose_behalf_it_runs(db: Database) -> None:
    """Outside a transaction, inside one, and where it changes within one."""

    def told() -> object:
        row = db.one("select current_setting('treum.behalf', true)")
        return row and row[0]

    assert told() == behalf.EVERYBODY
    with behalf.of("asha"):
        assert told() == "asha"
        with db.transaction():
            assert told() == "asha"
            with behalf.of("bela"):
                assert told() == "bela"
            assert told() == "asha"
    with db.transaction():
        assert told() == behalf.EVERYBODY
        with behalf.of("asha"):
            assert told() == "asha"
        assert told() == behalf.EVERYBODY


def test_nothing_of_it_stays_on_the_connection(db: Database) -> None:
    with behalf.of("asha"), db.transaction():
        db.run("insert into t values (1, 1)")
    connection = db._open()
    assert connection.execute("select current_setting('treum.behalf', true)").fetchone() == ("",)


def test_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody"), behalf.of(""):
        pass
