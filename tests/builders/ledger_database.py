"""A fresh database with the books in it, accounts that no migration opens, and books with a bug planted."""

import shutil
from pathlib import Path

import psycopg

from bootstrap import migrate, package
from builders.ledger import NOW, OTHERS
from fixtures.database import Databases
from kit import clock
from kit.stores.postgres import Database

Owner = psycopg.Connection[tuple[object, ...]]


def opened(databases: Databases) -> Database:
    """Return a connection as ``payments_app`` to fresh books with the accounts of ``OTHERS``."""
    return _serve(databases, databases("ledger", "payments"))


def planted(databases: Databases, folder: Path, sound: str, broken: str) -> Database:
    """Return the same over migrations in which ``sound`` reads ``broken``: once, or the plant is void."""
    own = databases("plain", "payments")  # the ledger's schema is made here, from the spoiled files
    root = folder / "migrations"
    shutil.copytree(package.migrations(), root)
    found = [path for path in sorted((root / "ledger").glob("*.sql")) if sound in path.read_text()]
    assert [path.read_text().count(sound) for path in found] == [1], f"{sound!r} is not there once: {found}"
    found[0].write_text(found[0].read_text().replace(sound, broken))
    with databases.owner(own) as owner:
        migrate.ensure_role(owner, "ledger", "only-for-tests")
        migrate.apply(owner, root, "ledger", at=clock.now())
    return _serve(databases, own)


def forget(owner: Owner) -> None:
    """Empty the books for the next example; only the tables' owner can, by changing the tables."""
    owner.execute(
        "ALTER TABLE ledger.transfers DISABLE TRIGGER ALL; TRUNCATE ledger.transfers, ledger.holds;"
        "ALTER TABLE ledger.transfers ENABLE ALWAYS TRIGGER transfers_append_only;"
        "UPDATE ledger.balances SET debits_posted = 0, debits_pending = 0, credits_posted = 0,"
        " credits_pending = 0, changed_at = '2020-01-01 00:00+00'"
    )


def _serve(databases: Databases, own: Database) -> Database:
    with databases.owner(own) as owner:
        for one in OTHERS:
            owner.execute(
                "INSERT INTO ledger.accounts (code, book, kind, currency, guard, control, opened_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                (one.code, one.book, one.kind, one.currency, one.guard, one.control, NOW),
            )
    return databases.also(own, "payments")
