"""A request is written and told in one transaction, or neither."""

from typing import LiteralString

from kit.outbox import Outbox
from kit.stores.postgres import Database, Params
from privacy.ports.books import Facts


def write(db: Database, outbox: Outbox, command: LiteralString, params: Params, facts: Facts) -> bool:
    """Run ``command`` with ``params`` and tell ``facts``; False, and nothing told, when it touched no row."""
    with db.transaction():
        written = db.run(command, params) == 1
        if written:
            outbox.append(*facts)
    return written
