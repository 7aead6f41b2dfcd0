"""Records what was told as the audit consumer does: into chains, behind the last offset."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from audit.adapters.postgres.log import PostgresLog
from audit.model.entry import Chain, Facts, Incoming
from builders.figures import Told
from kit import clock, events
from kit.stores.postgres import Database


class AuditStore:
    """The event store of a database that has the domain audit."""

    def __init__(self, db: Database) -> None:
        self._log = PostgresLog(db)
        self._offsets: Counter[Chain] = Counter()

    def tell(self, told: Iterable[Told], at: datetime | None = None) -> None:
        """Append the events, a call a partition."""
        by_chain: dict[Chain, list[Incoming]] = {}
        for partition, event in told:
            chain = Chain(event.data.TOPIC, partition)
            facts = Facts(event.id, event.type, event.subject, None, event.time)
            stamp = int(event.time.timestamp() * 1000)
            record = Incoming(
                self._offsets[chain], stamp, event.subject.encode(), events.encode(event), facts
            )
            self._offsets[chain] += 1
            by_chain.setdefault(chain, []).append(record)
        for chain, records in by_chain.items():
            self._log.append(chain, records, at or clock.now())
