"""Handles batches of events: effect once, order kept for each key, poison set aside with its key.

For every record: one transaction of {inbox claim, the domain's effect}. What follows an error:

- ``Retryable``: the record and the later ones of its key in the batch are reported as failed; the event
  source brings them again, for as long as it takes.
- Any error nobody foresaw: the same, but the fifth time it is taken for poison, so that a defect holds up
  its key and not the partition.
- ``Poison``, or a record that cannot be read: it goes to ``dead_letters`` and its key is parked. Later
  records of a parked key go behind it, in order, until :mod:`kit.kafka.redrive` drains them.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from kit import failpoint, telemetry
from kit.errors import Poison, Retryable
from kit.events import Data, Event, Reader
from kit.kafka import records
from kit.kafka.inbox import Inbox
from kit.kafka.records import Record
from kit.stores.postgres import Database

_log = logging.getLogger(__name__)
_SPARE_MS = 1_000
_DEFECT_TRIES = 5
_DEFECTS_KNOWN = 1_000

Effect = Callable[[Any], None]
Response = Mapping[str, Any]


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds this invocation still has."""


class Consumer:
    """One consumer: ``name`` is its identity in inbox and dead letters and never changes.

    ``accept`` maps a data type to the effect ``fn(event)``; other types are passed over. The effect
    writes through the ``Database`` that ``database`` returns, so that it joins the transaction.
    """

    def __init__(
        self, name: str, accept: Mapping[type[Data], Effect], database: Callable[[], Database]
    ) -> None:
        self.name = name
        self._effects = {data.TYPE: effect for data, effect in accept.items()}
        self._events: Reader[Data] = Reader({data.TYPE: data for data in accept})
        self._database = database
        self._defects: dict[tuple[str, int, int], int] = {}

    def handler(self, event: Mapping[str, Any], context: Context) -> Response:
        """Handle a Lambda event; return the partial batch response."""
        failed: list[Record] = []
        keys: set[tuple[str, str]] = set()
        for record in records.decode(event):
            scope = (record.topic, record.key or "")
            hasty = context.get_remaining_time_in_millis() < _SPARE_MS
            if (record.key is not None and scope in keys) or hasty or not self._survives(record):
                failed.append(record)
                keys.add(scope)
        return records.failures(failed)

    def handle(self, record: Record, *, redrive: bool = False) -> bool:
        """Handle one record in one transaction; False when its key turned out to be parked.

        Raises ``Poison`` with nothing written, or ``Retryable``.
        """
        event = self._events.read(record.value or b"")
        if event is None:
            return True
        db = self._database()
        with db.transaction():
            claimed = Inbox(self.name, db).claim(record, event, redrive=redrive)
            if claimed == "new":
                self._effects[event.type](event)
            failpoint.hit("consumer.applied")
        failpoint.hit("consumer.committed")
        if claimed == "parked":
            return False
        self.settled(event)
        return True

    def settled(self, event: Event[Any]) -> None:
        """Act once ``event`` is committed, also on one seen before: a crash may have come before this.

        Nothing, unless a consumer says otherwise; it may raise ``Retryable``.
        """

    def _survives(self, record: Record) -> bool:
        try:
            self._settle(record)
        except Retryable as error:
            _log.warning("%s will try %s again: %s", self.name, record.item_id, error)
            return False
        except Exception as error:  # noqa: BLE001 - the edge: one record's defect must not fail its neighbours
            _log.exception("%s failed on %s", self.name, record.item_id)
            return self._is_given_up(record, error)
        return True

    def _is_given_up(self, record: Record, error: Exception) -> bool:
        """Count a defect in this container; bury the record the fifth time and say so."""
        place = (record.topic, record.partition, record.offset)
        if len(self._defects) >= _DEFECTS_KNOWN:
            self._defects.clear()
        self._defects[place] = self._defects.get(place, 0) + 1
        if self._defects[place] < _DEFECT_TRIES:
            return False
        try:
            self._bury(record, f"failed {_DEFECT_TRIES} times: {type(error).__name__}: {error}")
        except Retryable:
            return False
        del self._defects[place]
        return True

    def _bury(self, record: Record, reason: str) -> None:
        telemetry.count("DeadLetters")
        db = self._database()
        with db.transaction():
            Inbox(self.name, db).bury(record, reason)

    def _settle(self, record: Record) -> None:
        try:
            while not self.handle(record):
                if self._parked(record):
                    return
        except Poison as error:
            # what the effect wrote was rolled back with its claim
            _log.error("%s sets %s aside: %s", self.name, record.item_id, error)
            self._bury(record, str(error))

    def _parked(self, record: Record) -> bool:
        """Put the record behind the parked ones of its key; False when a redrive has just drained them."""
        db = self._database()
        with db.transaction():
            inbox = Inbox(self.name, db)
            if not inbox.is_parked(record):
                return False
            inbox.bury(record, "an earlier record of this key waits", parked=True)
        return True


class BulkConsumer:
    """Handles all events of a batch together, for effects that are idempotent by themselves (no inbox).

    ``effect`` takes the events of one type, in order. When it raises ``Poison`` the records are tried one
    by one, and only those that fail alone go to the dead letters; their keys are not parked.
    """

    def __init__(
        self,
        name: str,
        accept: Mapping[type[Data], Callable[[Sequence[Any]], None]],
        database: Callable[[], Database],
    ) -> None:
        self.name = name
        self._effects = {data.TYPE: effect for data, effect in accept.items()}
        self._events: Reader[Data] = Reader({data.TYPE: data for data in accept})
        self._database = database

    def handler(self, event: Mapping[str, Any], context: Context) -> Response:
        """Handle a Lambda event; return the partial batch response."""
        del context
        failed: list[Record] = []
        groups: dict[str, list[tuple[Record, Event[Data]]]] = {}
        for record, one in self._read(records.decode(event), failed):
            groups.setdefault(one.type, []).append((record, one))
        for kind, pairs in groups.items():
            failed += self._apply(self._effects[kind], pairs)
        return records.failures(failed)

    def _read(self, batch: Sequence[Record], failed: list[Record]) -> Iterator[tuple[Record, Event[Data]]]:
        for record in batch:
            try:
                event = self._events.read(record.value or b"")
            except Poison as error:
                failed += self._bury(record, error)
            else:
                if event is not None:
                    yield record, event

    def _apply(
        self, effect: Callable[[Sequence[Any]], None], pairs: list[tuple[Record, Event[Data]]]
    ) -> list[Record]:
        try:
            effect([event for _, event in pairs])
        except Poison as error:
            if len(pairs) == 1:
                return self._bury(pairs[0][0], error)
            return [record for pair in pairs for record in self._apply(effect, [pair])]
        except Retryable as error:
            _log.warning("%s will try %d records again: %s", self.name, len(pairs), error)
            return [record for record, _ in pairs]
        except Exception:  # noqa: BLE001 - the edge: tried again, then the failure destination has it
            _log.exception("%s failed on %d records", self.name, len(pairs))
            return [record for record, _ in pairs]
        return []

    def _bury(self, record: Record, error: Poison) -> list[Record]:
        _log.error("%s sets %s aside: %s", self.name, record.item_id, error)
        telemetry.count("DeadLetters")
        try:
            db = self._database()
            with db.transaction():
                Inbox(self.name, db).bury(record, str(error))
        except Retryable:
            return [record]
        return []
