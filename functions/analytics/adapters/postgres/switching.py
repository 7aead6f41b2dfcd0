"""From one consumer to the next: comparing, switching, dropping; and the check that sums are sums."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final, LiteralString

from analytics.adapters.rows import unpacked
from analytics.model.figures import EventId, Key
from analytics.ports import Switched
from analytics.ports.projection import ConsumerName, Count
from kit.stores.postgres import Database

_BOTH: Final[LiteralString] = """
SELECT state, id, name, rules FROM consumers WHERE state IN ('active', 'building') ORDER BY state FOR UPDATE
"""
_BEHIND: Final[LiteralString] = """
SELECT count(*) FILTER (WHERE coalesce(built.index, 0) < coalesce(shown.index, 0)),
       count(*) FILTER (WHERE coalesce(built.index, 0) > coalesce(shown.index, 0))
FROM (SELECT * FROM positions WHERE consumer = %s) shown
FULL JOIN (SELECT * FROM positions WHERE consumer = %s) built USING (topic, partition)
"""
_DIFFERENCES: Final[LiteralString] = """
SELECT count(*) FROM (SELECT * FROM totals WHERE consumer = %s) shown
FULL JOIN (SELECT * FROM totals WHERE consumer = %s) built USING (measure, day, label)
WHERE coalesce(shown.amount, 0) <> coalesce(built.amount, 0)
"""
_RETIRE: Final[LiteralString] = "UPDATE consumers SET state = 'retired' WHERE id = %s"
_SHOW: Final[LiteralString] = """
UPDATE consumers SET state = 'active', switched_at = %s, differences = %s WHERE id = %s
"""
_RETIRED: Final[LiteralString] = (
    "SELECT id FROM consumers WHERE state = 'retired' ORDER BY id LIMIT 1 FOR UPDATE"
)
_DROP: Final[tuple[LiteralString, ...]] = (
    """DELETE FROM contributions WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM contributions WHERE consumer = %s LIMIT %s))""",
    "DELETE FROM facts WHERE ctid = ANY(ARRAY(SELECT ctid FROM facts WHERE consumer = %s LIMIT %s))",
    "DELETE FROM totals WHERE ctid = ANY(ARRAY(SELECT ctid FROM totals WHERE consumer = %s LIMIT %s))",
    "DELETE FROM unread WHERE ctid = ANY(ARRAY(SELECT ctid FROM unread WHERE consumer = %s LIMIT %s))",
    "DELETE FROM positions WHERE ctid = ANY(ARRAY(SELECT ctid FROM positions WHERE consumer = %s LIMIT %s))",
)
_DROPPED: Final[LiteralString] = "UPDATE consumers SET state = 'dropped' WHERE id = %s"
_UNSUMMED: Final[LiteralString] = """
SELECT measure, day, label
FROM (SELECT * FROM totals WHERE consumer = %(id)s) kept
FULL JOIN (SELECT measure, day, label, sum(amount) AS amount FROM contributions WHERE consumer = %(id)s
           GROUP BY measure, day, label) summed USING (measure, day, label)
WHERE coalesce(kept.amount, 0) <> coalesce(summed.amount, 0) ORDER BY 1, 2, 3
"""
_ID: Final[LiteralString] = "SELECT id FROM consumers WHERE name = %s"
_FACTS: Final[LiteralString] = "SELECT subject, kind, body FROM facts WHERE consumer = %s ORDER BY subject"
_COUNTED: Final[LiteralString] = """
SELECT measure, day, label, event, amount FROM contributions WHERE consumer = %s
"""


def switch(db: Database, at: datetime) -> Switched | None:
    """Hold both, compare how far they are, show the one built."""
    with db.transaction():
        both = {state: rest for state, *rest in db.all(_BOTH)}
        if len(both) < len(("active", "building")):
            return None
        (shown, _, rules), (built, name, built_rules) = both["active"], both["building"]
        behind, ahead = db.one(_BEHIND, (shown, built)) or (0, 0)
        if behind:
            return None
        differences: int | None = None
        if not ahead and rules == built_rules:
            found = db.one(_DIFFERENCES, (shown, built))
            differences = found[0] if found else 0
        db.run(_RETIRE, (shown,))
        db.run(_SHOW, (at, differences, built))
    return Switched(ConsumerName(name), differences)


def drop(db: Database, at_most: int) -> int:
    """Delete from one table after the other, until the measure is full."""
    with db.transaction():
        retired = db.one(_RETIRED)
        if retired is None:
            return 0
        gone = 0
        for delete in _DROP:
            if gone < at_most:
                gone += db.run(delete, (retired[0], at_most - gone))
        if gone < at_most:
            db.run(_DROPPED, (retired[0],))
    return gone


def discrepancies(db: Database, name: ConsumerName, count: Count) -> Sequence[str]:
    """Read everything: for tests and for a person who doubts."""
    with db.transaction():
        held = db.one(_ID, (name,))
        assert held is not None, "the consumer exists"
        rows = db.all(_FACTS, held)
        kept = {
            Key(measure, day, label, EventId(str(event))): amount
            for measure, day, label, event, amount in db.all(_COUNTED, held)
        }
        unsummed = db.all(_UNSUMMED, {"id": held[0]})
    anew: dict[Key, int] = {}
    for _, group in groupby(rows, key=lambda row: row[0]):
        anew |= count([unpacked(kind, bytes(body)) for _, kind, body in group])
    return sorted(str(key) for key, _ in anew.items() ^ kept.items()) + [str(row) for row in unsummed]
