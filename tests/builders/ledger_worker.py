"""A client of the books that is made to be killed: ``python -m builders.ledger_worker SETTINGS``.

It says on stdout, before and after each call, which chain of its script it sends and what came back:
``try 3``, ``ok 3``, ``refused 3``. Failpoints: those of the adapter, and ``worker.before_commit``.
"""

import json
import sys
from contextlib import nullcontext

from builders.ledger import NOW
from builders.ledger_storm import script
from fixtures.database import connect
from kit import failpoint
from kit.errors import Rejected
from kit.stores.connection import DatabaseSettings
from kit.stores.postgres import Database
from payments.adapters.postgres.ledger import PostgresLedger


def main(raw: str) -> None:
    """Send the whole script, each chain in a transaction of its own or by autocommit."""
    given = json.loads(raw)
    db = Database(DatabaseSettings(**given["database"]), connect)
    ledger = PostgresLedger(db)
    for number, links in enumerate(script(given["seed"], given["wallets"], given["count"])):
        _say(f"try {number}")
        try:
            with db.transaction() if number % 2 else nullcontext():
                ledger.post(links, NOW)
                failpoint.hit("worker.before_commit")
        except Rejected:
            _say(f"refused {number}")
        else:
            _say(f"ok {number}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
