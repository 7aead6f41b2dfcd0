"""A process that drives one refund over PostgreSQL, Stripe's adapter and the papers, and is made to be killed.

``python -m builders.refund_worker SETTINGS``. Failpoints: those of the saga, the ledger and the papers.
"""

import json
import sys
from dataclasses import dataclass, replace
from typing import Any

from builders.orders import OFFERS
from builders.refund_database import DatabaseDesk, over
from fixtures.database import connect
from kit import failpoint
from kit.errors import Retryable
from kit.stores.connection import DatabaseSettings
from kit.stores.postgres import Database
from payments.adapters.mail import MailNotifier
from payments.adapters.postgres.papers import PostgresPapers
from payments.adapters.postgres.payments import PostgresProfiles
from payments.adapters.stripe import Stripe, StripePayments, StripeReader
from payments.model.paper import Party
from payments.model.refund import RefundId
from payments.service.invoicing import Invoicing
from payments.service.refunding.papers import Letters, Notes
from payments.service.refunding.paying import Paying
from payments.service.refunding.saga import Saga

_TRIES = 20


@dataclass(frozen=True)
class Real:
    """What a real saga needs besides the desk."""

    db: Database
    stripe: Stripe

    def desk(self) -> DatabaseDesk:
        """Return the desk whose saga asks Stripe and writes papers."""
        desk = over(self.db)
        desk.make = lambda saga: self._real(desk, saga)
        return desk

    def _real(self, desk: DatabaseDesk, saga: Saga) -> Saga:
        papers, profiles = PostgresPapers(self.db, None), PostgresProfiles(self.db)
        invoicing = Invoicing(
            papers,
            desk.payments,
            profiles,
            desk.ledger,
            desk.due,
            OFFERS,
            Party("TREUM", "MH"),
            desk.together,
            desk.clock.now,
        )
        return replace(
            saga,
            paying=Paying(StripePayments(self.stripe), StripeReader(self.stripe)),
            notes=Notes(invoicing, desk.refunds),
            letters=Letters(profiles, MailNotifier(self.db, lambda *_: None)),
            hit=failpoint.hit,
        )


def real(given: dict[str, Any]) -> Real:
    """Return it for ``{"database", "key", "url"}``."""
    key = str(given["key"])
    stripe = Stripe(lambda _fresh: key, str(given["url"]), timeout_s=1.0)
    return Real(Database(DatabaseSettings(**given["database"]), connect), stripe)


def main(raw: str) -> None:
    """Drive, and again where something is away, as the machine's retries do."""
    given = json.loads(raw)
    desk = real(given).desk()
    for _ in range(_TRIES):
        try:
            desk.saga.drive(RefundId(given["refund"]))
        except Retryable:
            continue
        return


if __name__ == "__main__":
    main(sys.argv[1])
