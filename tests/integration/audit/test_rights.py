"""Who may do what with the event store: the domain's role appends, analytics reads, nobody changes."""

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import errors

from audit.adapters.postgres import PostgresLog
from builders.audit import AT, USERS, records
from kit.stores.postgres import Database

if TYPE_CHECKING:
    from fixtures.database import Databases

pytestmark = pytest.mark.stores
COLUMNS = {
    "entries": "value",
    "entries_202611": "value",
    "places": "index",
    "conflicts": "what",
    "checkpoints": "root",
    "marks": "number",
    "nodes": "hash",
    "anchors": "address",
    "signing_keys": "public_key",
    "segments": "key",
    "verifications": "checked",
}


@pytest.fixture
def db(database: "Databases") -> Database:
    made = database("audit")
    PostgresLog(made).append(USERS, records(0, 3), AT)
    return made


def forms(table: str, column: str) -> list[str]:
    return [f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE", f"UPDATE {table} SET {column} = NULL"]  # noqa: S608 - names of this file


@pytest.mark.parametrize(("table", "column"), [*COLUMNS.items(), ("chains", "length")])
def test_the_role_can_change_and_remove_nothing(db: Database, table: str, column: str) -> None:
    for sql in forms(table, column):
        with pytest.raises(errors.InsufficientPrivilege):
            db.run(sql)


@pytest.mark.parametrize(
    "table", ["entries", "entries_202611", "entries_202612", "places", "chains", "conflicts"]
)
def test_the_role_appends_through_the_function_only(db: Database, table: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        db.run(f"INSERT INTO {table} SELECT * FROM {table}")  # noqa: S608 - names of this file


def test_the_role_cannot_make_a_partition_or_drop_one(db: Database) -> None:
    for sql in (
        "DROP TABLE entries_202611",
        "ALTER TABLE entries DETACH PARTITION entries_202611",
        "ALTER TABLE entries_202611 DISABLE TRIGGER ALL",
        "SELECT close_table('entries')",
        "SELECT lock_chain('user-events', 0, now())",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            db.run(sql)


@pytest.mark.parametrize(("table", "column"), COLUMNS.items())
def test_the_owner_is_refused_too_even_as_a_replica(
    db: Database, database: "Databases", table: str, column: str
) -> None:
    with database.owner(db) as owner:
        owner.execute("SET search_path = audit")
        owner.execute("SET session_replication_role = replica")
        for sql in forms(table, column):
            with pytest.raises(psycopg.Error) as caught:
                owner.execute(sql.encode())
            assert caught.value.sqlstate == "AU000", sql


def test_analytics_reads_events_in_order_and_nothing_else(db: Database, database: "Databases") -> None:
    with database.owner(db) as owner:
        owner.execute("SET ROLE analytics_app")
        heads = owner.execute("SELECT topic, part, length FROM audit.heads()").fetchall()
        assert heads == [("user-events", 0, 3)]
        rows = owner.execute(
            "SELECT index, type, value FROM audit.read_events('user-events', 0, 1, 10)"
        ).fetchall()
        found = PostgresLog(db).span(USERS, 1, 9)
        assert rows == [(one.index, "user.plan_changed", one.value) for one in found]
        for sql in (
            "SELECT * FROM audit.entries",
            "SELECT audit.keep_months(now())",
            "SELECT * FROM audit.chains",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                owner.execute(sql)


def test_months_are_made_ahead_once(db: Database) -> None:
    made = db.one("SELECT keep_months(%s)", (AT.replace(year=2027, month=1),))
    again = db.one("SELECT keep_months(%s)", (AT.replace(year=2027, month=1),))
    assert made == (2,)  # January stands since November
    assert again == (0,)
