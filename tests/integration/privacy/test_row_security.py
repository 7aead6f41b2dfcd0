"""Behind the queries: a statement on somebody's behalf meets their rows alone, and one on nobody's meets none."""

from typing import TYPE_CHECKING, Any

import pytest
from psycopg import errors

from builders.two_people import Filled, Somebody, exported, naming_people
from fixtures.database import connect, settings_of
from kit import behalf

if TYPE_CHECKING:
    from fixtures.database import Databases
    from kit.stores.postgres import Database

pytestmark = pytest.mark.stores
OPEN = {
    "due": "a thing that is due, not a person",
    "users.login_attempts": "failures at an address; whoever counts them does not know whose it is",
    "users.otp_verifications": "a registration is nobody's yet: it is found by its address",
    "signals.signals": "the record of an analyst, shown by plan and age",
    "signals.decisions": "likewise",
    "signals.revisions": "likewise",
    "signals.voids": "likewise",
    "signals.signing_accounts": "who signs for which analyst, which a route of staff alone writes",
    "payments.gateway_notices": "the subject is the gateway's own id",
    "audit.anchors": "an address in a bucket",
    "audit.conflicts": "what contradicts the store, read by staff alone",
    "ledger.accounts": "no role may read the books: functions answer for them",
    "ledger.balances": "likewise",
    "ledger.transfers": "likewise",
    "ledger.holds": "likewise",
    "vault.keys": "no role may read it: functions answer for it",
}
"""Tables that name a person and are not confined, each with its reason."""
_CONFINED = """
SELECT n.nspname || '.' || c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relrowsecurity AND p.polcmd = '*' AND p.polpermissive
"""


def confined(databases: "Databases", db: "Database") -> set[str]:
    with databases.owner(db) as owner:
        return {str(row[0]) for row in owner.execute(_CONFINED).fetchall()}


def unguarded(databases: "Databases", db: "Database") -> list[str]:
    """Return each table that names a person, or that a person's export is made of, and that nothing confines."""
    with databases.owner(db) as owner:
        wanted = {
            f"{schema}.{table}"
            for schema, table in naming_people(owner) | exported()
            if table not in OPEN and f"{schema}.{table}" not in OPEN
        }
    return sorted(wanted - confined(databases, db))


def test_every_table_that_names_a_person_is_confined_or_excused(whole: "tuple[Databases, Database]") -> None:
    assert unguarded(*whole) == []


def test_a_table_without_a_policy_is_found(whole: "tuple[Databases, Database]") -> None:
    databases, db = whole
    with databases.owner(db) as owner:
        owner.execute("ALTER TABLE users.devices DISABLE ROW LEVEL SECURITY")
        assert unguarded(databases, db) == ["users.devices"]
        owner.execute("ALTER TABLE users.devices ENABLE ROW LEVEL SECURITY")


def of_two(filled: Filled) -> list[str]:
    """Return the confined tables in which there is a row of each of the two."""
    known = {f"{schema}.{table}" for schema, table in exported()}
    return sorted(known & confined(filled.databases, filled.first))


def seen(db: "Database", table: str) -> list[str]:
    # names of tables, of our own schemas
    return [str(row[0]) for row in db.all(f"SELECT to_jsonb(t)::text FROM {table} t")]  # noqa: S608


def mine(filled: Filled, table: str, who: Somebody) -> list[str]:
    """Return what is shown to ``who`` of a whole table, without a WHERE."""
    with behalf.of(who.id):
        return seen(filled.of(table.partition(".")[0]), table)


def test_a_query_that_forgot_its_owner_answers_with_ones_own_rows(filled: Filled) -> None:
    tables = of_two(filled)
    assert len(tables) > 30, "the two are in as many tables as ever"
    for table in tables:
        everybody = seen(filled.of(table.partition(".")[0]), table)
        asha, bela = mine(filled, table, filled.asha), mine(filled, table, filled.bela)
        assert (len(asha), len(bela)) == (1, 1), f"{table} shows {len(asha)} and {len(bela)} rows of one each"
        assert sorted(asha + bela) == sorted(everybody), table


def test_without_a_word_of_whose_there_is_nothing(filled: Filled) -> None:
    """A connection that says nothing: a tool, or an edge that forgot to."""
    for table in of_two(filled):
        settings = settings_of(filled.of(table.partition(".")[0]))
        with connect(settings) as plain:
            count: Any = plain.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
        assert count[0] == 0, f"{table} is open"


def test_a_row_is_not_written_for_somebody_else(filled: Filled) -> None:
    db, asha, bela = filled.of("users"), filled.asha, filled.bela
    with behalf.of(asha.id):
        assert db.run("UPDATE users.devices SET name = 'hers'") == 1
        with pytest.raises(errors.InsufficientPrivilege):
            db.run(
                "INSERT INTO users.devices (family, user_id, device_id, name, created_at, last_seen_at)"
                " VALUES (gen_random_uuid(), %s, 'x', 'x', '2026-12-01', '2026-12-01')",
                (bela.id,),
            )
        assert db.run("DELETE FROM users.confirmations WHERE user_id = %s", (bela.id,)) == 0
    assert not any('"hers"' in row for row in mine(filled, "users.devices", bela))
