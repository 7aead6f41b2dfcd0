"""What a consumer remembers in its own schema: events it has had, keys that are parked, dead letters."""

from typing import Any

from kit import clock
from kit.events import Event
from kit.kafka.records import Record
from kit.stores.postgres import Database

_OPEN = (
    "SELECT 1 FROM dead_letters WHERE consumer = %(consumer)s AND topic = %(topic)s AND key = %(key)s"
    " AND settled_at IS NULL"
)
_CLAIM = f"""
WITH parked AS (SELECT EXISTS ({_OPEN}) AS yes),
claim AS (
    INSERT INTO inbox (event_day, consumer, event_id, received_at)
    SELECT %(day)s::date, %(consumer)s::text, %(event)s::uuid, %(at)s::timestamptz
    FROM parked WHERE %(redrive)s::boolean OR NOT yes
    ON CONFLICT DO NOTHING RETURNING 1
),
head AS (
    INSERT INTO inbox_heads AS known (consumer, topic, key, version, seen_at)
    SELECT %(consumer)s::text, %(topic)s::text, %(subject)s::text, %(version)s::bigint, %(at)s::timestamptz
    FROM claim
    ON CONFLICT (consumer, topic, key) DO UPDATE SET version = EXCLUDED.version, seen_at = EXCLUDED.seen_at
    WHERE known.version <= EXCLUDED.version RETURNING 1
)
SELECT yes, EXISTS (SELECT 1 FROM claim), EXISTS (SELECT 1 FROM head) FROM parked
"""  # noqa: S608 - made of constants of this module
_LOCK = (
    "SELECT pg_advisory_xact_lock("
    "hashtextextended(%(consumer)s::text || ' ' || %(topic)s::text || ' ' || %(key)s::text, 0))"
)
_BURY = """
INSERT INTO dead_letters
    (consumer, topic, partition, "offset", key, value, event_id, reason, parked, failed_at)
VALUES (%(consumer)s, %(topic)s, %(partition)s, %(offset)s, %(key)s, %(value)s, %(event)s, %(reason)s,
        %(parked)s, %(at)s)
ON CONFLICT (consumer, topic, partition, "offset") DO NOTHING
"""
_REASON_LENGTH = 2000


class Inbox:
    """The inbox of one consumer. Every method runs inside the transaction of the effect."""

    def __init__(self, consumer: str, db: Database) -> None:
        self._consumer = consumer
        self._db = db

    def claim(self, record: Record, event: Event[Any], *, redrive: bool = False) -> str:
        """Claim ``event`` in one round trip: ``new``, ``repeated``, ``stale`` or ``parked``.

        ``stale``: the aggregate was already seen at a higher version. ``parked``: an earlier record of the
        key lies in the dead letters, so nothing was claimed; a ``redrive`` does not ask for that.
        """
        row = self._db.one(
            _CLAIM,
            {
                "consumer": self._consumer,
                "topic": record.topic,
                "key": record.key,
                "day": event.time.date(),
                "event": event.id,
                "subject": event.subject,
                "version": event.version,
                "at": clock.now(),
                "redrive": redrive,
            },
        )
        assert row is not None
        parked, claimed, ahead = row
        if parked and not redrive:
            return "parked"
        if not claimed:
            return "repeated"
        return "new" if ahead else "stale"

    def is_parked(self, record: Record) -> bool:
        """Whether an earlier record of the key is open. Waits for a redrive of that key that is under way."""
        if record.key is None:
            return False
        scope = {"consumer": self._consumer, "topic": record.topic, "key": record.key}
        self._db.one(_LOCK, scope)
        return self._db.one(_OPEN, scope) is not None

    def bury(self, record: Record, reason: str, *, event_id: str | None = None, parked: bool = False) -> None:
        """Put ``record`` among the dead letters, once however often it is delivered."""
        self._db.run(
            _BURY,
            {
                "consumer": self._consumer,
                "topic": record.topic,
                "partition": record.partition,
                "offset": record.offset,
                "key": record.key,
                "value": record.value,
                "event": event_id,
                "reason": reason[:_REASON_LENGTH].replace("\x00", ""),
                "parked": parked,
                "at": clock.now(),
            },
        )
