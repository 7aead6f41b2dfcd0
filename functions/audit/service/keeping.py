"""Keeps what a topic brings: everything, once, in the order of its partition."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.model.entry import Appended, Chain, Incoming
from audit.ports import EventLog
from audit.service.facts import facts_of
from kit import clock, telemetry
from kit.errors import Retryable
from kit.kafka.records import Record

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Keeping:
    """Appends batches. Nothing is ever set aside: what cannot be read is stored as it is."""

    log: EventLog
    now: Callable[[], datetime] = clock.now

    def keep(self, records: Sequence[Record]) -> list[Record]:
        """Append ``records``, each chain's together; return those that could not be appended now."""
        chains: dict[Chain, list[Record]] = {}
        for one in records:
            chains.setdefault(Chain(one.topic, one.partition), []).append(one)
        failed: list[Record] = []
        total = Appended()
        for chain, batch in chains.items():
            try:
                total += self.log.append(chain, [_incoming(one) for one in batch], self.now())
            except Retryable as error:
                _log.warning("%s will be tried again: %s", chain, error)
                failed += batch
            except Exception:  # noqa: BLE001 - one chain's defect must not hold up the others
                _log.exception("appending to %s failed", chain)
                failed += batch
        telemetry.count("AuditAppended", total.appended)
        if total.conflicting:
            _log.error("%d records contradict the event store: look at audit.conflicts", total.conflicting)
        telemetry.count("AuditConflicts", total.conflicting)
        return failed


def _incoming(record: Record) -> Incoming:
    return Incoming(record.offset, record.timestamp, record.key_bytes, record.value, facts_of(record.value))
