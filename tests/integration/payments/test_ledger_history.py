"""What was recorded stays: nobody changes it, not the owner, and nobody but the functions writes it."""

from pathlib import Path

import psycopg
import pytest

from builders.ledger import NOW, OTHERS, capture, chain, ended, wallet_with
from builders.ledger_database import Owner, opened, planted
from fixtures.database import Databases
from kit.stores.postgres import Database
from payments.adapters.postgres.ledger import PostgresLedger
from payments.model.ledger import Account, AccountCode, Book, Guard, Kind
from payments.model.ledger_chart import system_accounts

pytestmark = pytest.mark.stores
CHANGES = [
    "UPDATE ledger.transfers SET amount = amount",
    "UPDATE ledger.transfers SET amount = 1 WHERE false",
    "DELETE FROM ledger.transfers",
    "TRUNCATE ledger.transfers",
    "MERGE INTO ledger.transfers t USING (SELECT 1) v ON true WHEN MATCHED THEN DELETE",
    "UPDATE ledger.accounts SET guard = 'none'",
    "DELETE FROM ledger.accounts",
    "TRUNCATE ledger.accounts CASCADE",
    "UPDATE ledger.postings SET amount = 0",
    "DELETE FROM ledger.postings",
    "TRUNCATE ledger.postings",
]
TABLES = ("accounts", "balances", "transfers", "holds", "postings")


@pytest.fixture
def books(database: Databases) -> Database:
    """Return books with something in each table."""
    db = opened(database)
    ledger = PostgresLedger(db)
    wallet_with(ledger, 100)
    hold = capture(pending=True)
    ledger.post(chain(hold, capture()), NOW)
    ledger.post(chain(ended(hold)), NOW)
    return db


def picture(owner: Owner) -> list[tuple[object, ...]]:
    return owner.execute(
        "SELECT t::text FROM ledger.transfers t UNION ALL SELECT a::text FROM ledger.accounts a ORDER BY 1"
    ).fetchall()


@pytest.mark.parametrize("change", CHANGES)
def test_the_owner_of_the_tables_cannot_change_what_is_recorded(
    database: Databases, books: Database, change: str
) -> None:
    with database.owner(books) as owner:
        before = picture(owner)
        for role in ("origin", "replica"):  # a replica's session skips ordinary triggers
            owner.execute(f"SET session_replication_role = {role}")
            with pytest.raises(psycopg.errors.Error) as refused:
                owner.execute(change.encode())
            assert refused.value.sqlstate in {"LG000", "42809", "55000"}, refused.value
        assert picture(owner) == before


def test_a_function_of_the_owner_cannot_either(database: Databases, books: Database) -> None:
    with database.owner(books) as owner:
        owner.execute(
            "CREATE FUNCTION ledger.forge() RETURNS void LANGUAGE sql SECURITY DEFINER AS"
            " 'UPDATE ledger.transfers SET amount = 1'"
        )
        owner.execute("GRANT EXECUTE ON FUNCTION ledger.forge() TO payments_app")
        before = picture(owner)
        with pytest.raises(psycopg.errors.Error, match="append-only"):
            books.run("SELECT ledger.forge()")
        assert picture(owner) == before


@pytest.mark.parametrize("role", ["payments_app", "ledger_app"])
def test_the_roles_of_functions_see_and_write_no_table(
    database: Databases, books: Database, role: str
) -> None:
    with database.owner(books) as owner:
        owner.execute(f"SET ROLE {role}")
        asked = [change.encode() for change in CHANGES]
        for table in TABLES:
            asked += [
                f"TABLE ledger.{table}".encode(),
                f"INSERT INTO ledger.{table} DEFAULT VALUES".encode(),
            ]
        for inner in ("refuse('LG001', '', 0)", "release('{}', now())", "lock_balances('{}', '{}')"):
            asked.append(f"SELECT ledger.{inner}".encode())
        asked += [
            b"SELECT nextval('ledger.transfers_seq')",
            b"ALTER TABLE ledger.transfers DISABLE TRIGGER ALL",
        ]
        for one in asked:
            with pytest.raises(psycopg.errors.Error) as refused:
                owner.execute(one)
            # a view of two parts is no table to change, whoever asks: that is said before rights are looked at
            view = {"55000", "42809"} if b"postings" in one else set()
            assert refused.value.sqlstate in {"42501"} | view, one


def test_payments_may_call_exactly_the_functions_of_the_port(database: Databases, books: Database) -> None:
    rights = (
        "SELECT proname FROM pg_proc WHERE pronamespace = 'ledger'::regnamespace"
        " AND has_function_privilege(%s, oid, 'EXECUTE') ORDER BY 1"
    )
    with database.owner(books) as owner:
        allowed = [row[0] for row in owner.execute(rights, ("payments_app",)).fetchall()]
        assert allowed == [
            "balance", "discrepancies", "expire", "open_wallet", "post", "statement", "transfers_of", "trial_balance",
        ]  # fmt: skip
        own = [row[0] for row in owner.execute(rights, ("ledger_app",)).fetchall()]
        assert own == ["forget_settled", "keep_partitions"]


def test_the_test_of_history_fails_where_the_triggers_are_ordinary(
    database: Databases, tmp_path: Path
) -> None:
    db = planted(
        database, tmp_path, "ALTER TABLE transfers ENABLE ALWAYS TRIGGER transfers_append_only;", "SELECT 1;"
    )
    PostgresLedger(db).post(chain(capture()), NOW)
    with database.owner(db) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("UPDATE ledger.transfers SET amount = 1")
        assert owner.execute("SELECT amount FROM ledger.transfers").fetchall() == [(1,)]


def test_a_forged_row_is_told_by_the_books_themselves(database: Databases, books: Database) -> None:
    ledger = PostgresLedger(books)
    assert ledger.discrepancies() == []
    with database.owner(books) as owner:
        owner.execute("ALTER TABLE ledger.transfers DISABLE TRIGGER ALL")
        owner.execute(
            "UPDATE ledger.transfers SET amount = 99 WHERE amount = 100 AND reference = 'evt_topup'"
        )
    assert {one.what for one in ledger.discrepancies()} == {"a balance is not its postings"}


def test_the_chart_in_the_database_is_the_chart_in_the_model(database: Databases) -> None:
    with database.owner(database("ledger")) as owner:
        rows = owner.execute(
            "SELECT code, book, kind, currency, guard, control, bridge FROM ledger.accounts ORDER BY code"
        ).fetchall()
    found = [
        Account(
            AccountCode(str(row[0])), Book(str(row[1])), Kind(str(row[2])), str(row[3]), Guard(str(row[4])),
            str(row[5]), None if row[6] is None else str(row[6]),
        )
        for row in rows
    ]  # fmt: skip
    assert tuple(found) == system_accounts()
    assert not {one.code for one in OTHERS} & {one.code for one in found}
