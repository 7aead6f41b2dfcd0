"""What KYC told, in PostgreSQL."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, LiteralString

from kit import clock
from kit.stores.postgres import Database
from payments.model.entitlement import Kyc
from payments.model.kyc import KycFact, Tier, tier_without_fact
from payments.model.ledger import PersonId

_PUT: Final[LiteralString] = """
INSERT INTO kyc_facts AS known (person, tier, valid_until, version, changed_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (person) DO UPDATE SET tier = EXCLUDED.tier, valid_until = EXCLUDED.valid_until,
    version = EXCLUDED.version, changed_at = EXCLUDED.changed_at
WHERE known.version < EXCLUDED.version
"""


class PostgresKyc:
    """See :class:`payments.ports.payments.KycFacts` and ``KycBook``; ``otherwise`` where nothing was told."""

    def __init__(self, db: Database, otherwise: Kyc, now: Callable[[], datetime] = clock.now) -> None:
        self._db = db
        self._otherwise = otherwise
        self._now = now

    def of(self, person: PersonId) -> Kyc:
        """Read the fact: a fact wins over what holds otherwise."""
        fact = self._fact(person)
        return fact.state(self._now()) if fact else self._otherwise

    def tier(self, person: PersonId) -> Tier:
        """Read the fact, as above."""
        fact = self._fact(person)
        return fact.tier_at(self._now()) if fact else tier_without_fact(self._otherwise)

    def put(self, fact: KycFact) -> bool:
        """Keep the newest."""
        values = (fact.person, fact.tier, fact.valid_until, fact.version, fact.changed_at)
        return self._db.run(_PUT, values) == 1

    def _fact(self, person: PersonId) -> KycFact | None:
        row = self._db.one(
            "SELECT person::text, tier, valid_until, version, changed_at FROM kyc_facts WHERE person = %s",
            (person,),
        )
        return KycFact(*row) if row else None
