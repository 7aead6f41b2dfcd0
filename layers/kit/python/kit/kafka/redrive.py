"""Drains the dead letters of a key in their order, once whatever made the first of them fail is mended."""

from dataclasses import dataclass
from typing import Any

from kit import clock
from kit.errors import Poison
from kit.kafka.consumer import Consumer
from kit.kafka.records import Record
from kit.stores.postgres import Database

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s || ' ' || %s || ' ' || %s, 0))"
_FIRST = (
    'SELECT id, partition, "offset", value FROM dead_letters WHERE consumer = %s AND topic = %s AND key = %s'
    ' AND settled_at IS NULL ORDER BY partition, "offset" LIMIT 1'
)
_SETTLE = "UPDATE dead_letters SET settled = %s, settled_at = %s WHERE id = %s AND settled_at IS NULL"
_LEFT = (
    "SELECT count(*) FROM dead_letters WHERE consumer = %s AND topic = %s AND key = %s AND settled_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Redriven:
    """How many letters were applied, how many are left, and why the first of those failed again."""

    applied: int
    left: int
    reason: str = ""


def redrive(consumer: Consumer, db: Database, topic: str, key: str, *, at_most: int = 1000) -> Redriven:
    """Apply the letters of ``key`` in order until one fails again. The key is free when none is left.

    ``db`` is the database the consumer's effects write to, so that each letter is settled in the
    transaction of its effect. Raises ``Retryable`` when a store is away; what was applied stays.
    """
    scope = (consumer.name, topic, key)
    applied, reason = 0, ""
    while applied < at_most and not reason:
        try:
            with db.transaction():
                db.one(_LOCK, scope)
                letter = db.one(_FIRST, scope)
                if letter is None:
                    break
                consumer.handle(_record(topic, key, letter), redrive=True)
                db.run(_SETTLE, ("redriven", clock.now(), letter[0]))
        except Poison as error:
            reason = str(error)
        else:
            applied += 1
    left = db.one(_LEFT, scope)
    assert left is not None
    return Redriven(applied, int(left[0]), reason)


def discard(db: Database, letter: int) -> bool:
    """Settle one letter without applying it (a person decided so); False when it was settled already."""
    return db.run(_SETTLE, ("discarded", clock.now(), letter)) == 1


def _record(topic: str, key: str, letter: tuple[Any, ...]) -> Record:
    _, partition, offset, value = letter
    return Record(topic, partition, offset, 0, key.encode(), None if value is None else bytes(value))
