"""A fresh database with the books in it, and accounts that no migration opens."""

from builders.ledger import NOW, OTHERS
from fixtures.database import Databases
from kit.stores.postgres import Database


def opened(databases: Databases) -> Database:
    """Return a connection as ``payments_app`` to fresh books with the accounts of ``OTHERS``."""
    own = databases("ledger")
    with databases.owner(own) as owner:
        for one in OTHERS:
            owner.execute(
                "INSERT INTO ledger.accounts (code, book, kind, currency, guard, control, opened_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                (one.code, one.book, one.kind, one.currency, one.guard, one.control, NOW),
            )
    return databases.also(own, "payments")
