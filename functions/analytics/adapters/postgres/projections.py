"""Consumers in PostgreSQL: whoever advances one holds its row, and a step is one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, LiteralString

from analytics.adapters.postgres import switching
from analytics.adapters.rows import packed, unpacked
from analytics.model.facts import Fact
from analytics.model.figures import Change, Contribution, EventId, Key, changed
from analytics.ports import Advance, Advanced, Chain, Consumer, Switched
from analytics.ports.projection import ConsumerName, Count
from kit import failpoint
from kit.stores.postgres import Database

_CONSUMERS: Final[LiteralString] = """
SELECT name, state, rules, started_at, caught_up_at, switched_at, facts,
       (SELECT count(*) FROM unread WHERE consumer = id), differences
FROM consumers ORDER BY id
"""
_BEGIN: Final[LiteralString] = """
INSERT INTO consumers (name, state, rules, started_at)
SELECT %(name)s,
       CASE WHEN EXISTS (SELECT FROM consumers WHERE state = 'active') THEN 'building' ELSE 'active' END,
       %(rules)s, %(at)s
ON CONFLICT DO NOTHING
"""
_POSITIONS: Final[LiteralString] = """
SELECT topic, partition, index FROM positions WHERE consumer = (SELECT id FROM consumers WHERE name = %s)
"""
_HOLD: Final[LiteralString] = "SELECT id FROM consumers WHERE name = %s FOR UPDATE SKIP LOCKED"
_AT: Final[LiteralString] = "SELECT topic, partition, index FROM positions WHERE consumer = %s"
_KEEP: Final[LiteralString] = """
INSERT INTO facts (consumer, event, subject, kind, body)
SELECT %s, * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bytea[])
ON CONFLICT DO NOTHING RETURNING event
"""
_FACTS: Final[LiteralString] = """
SELECT subject, event, kind, body FROM facts WHERE consumer = %s AND subject = ANY(%s) ORDER BY subject
"""
_TAKE_BACK: Final[LiteralString] = """
DELETE FROM contributions
USING unnest(%s::text[], %s::date[], %s::text[], %s::uuid[]) AS gone (measure, day, label, event)
WHERE contributions.consumer = %s AND contributions.measure = gone.measure AND contributions.day = gone.day
  AND contributions.label = gone.label AND contributions.event = gone.event
"""
_ADD: Final[LiteralString] = """
INSERT INTO contributions (consumer, measure, day, label, event, amount)
SELECT %s, * FROM unnest(%s::text[], %s::date[], %s::text[], %s::uuid[], %s::bigint[])
"""
_SUM: Final[LiteralString] = """
INSERT INTO totals (consumer, measure, day, label, amount)
SELECT %s, * FROM unnest(%s::text[], %s::date[], %s::text[], %s::bigint[])
ON CONFLICT (consumer, measure, day, label) DO UPDATE SET amount = totals.amount + excluded.amount
"""
_UNREAD: Final[LiteralString] = """
INSERT INTO unread (consumer, event, reason)
SELECT %s, * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING
"""
_MOVE: Final[LiteralString] = """
INSERT INTO positions (consumer, topic, partition, index)
SELECT %s, * FROM unnest(%s::text[], %s::int[], %s::bigint[])
ON CONFLICT (consumer, topic, partition) DO UPDATE SET index = excluded.index
"""
_TOLD: Final[LiteralString] = "UPDATE consumers SET facts = facts + %s WHERE id = %s"
_CAUGHT_UP: Final[LiteralString] = """
UPDATE consumers SET caught_up_at = %(at)s
WHERE name = %(name)s AND (caught_up_at IS NULL OR caught_up_at < %(at)s)
"""


class PostgresProjections:
    """See :class:`analytics.ports.Projections`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def consumers(self) -> Sequence[Consumer]:
        """One query."""
        return [Consumer(*row) for row in self._db.all(_CONSUMERS)]

    def begin(self, name: ConsumerName, rules: int, at: datetime) -> bool:
        """Let the unique indexes decide: of names, of what is shown, of what is built."""
        return bool(self._db.run(_BEGIN, {"name": name, "rules": rules, "at": at}))

    def positions(self, name: ConsumerName) -> Mapping[Chain, int]:
        """One query."""
        return {Chain(topic, part): index for topic, part, index in self._db.all(_POSITIONS, (name,))}

    def advance(self, step: Advance, count: Count) -> Advanced | None:
        """Hold the consumer, keep what is new, count its subjects before and after, move."""
        with self._db.transaction():
            held = self._db.one(_HOLD, (step.consumer,))
            if held is None or not self._unmoved(held[0], step):
                return None
            failpoint.hit("figures.held")
            new = self._keep(held[0], step.facts)
            change = self._change(held[0], new, count)
            failpoint.hit("figures.counted")
            totals = self._write(held[0], change)
            self._move(held[0], step, len(new))
            failpoint.hit("figures.moved")
        failpoint.hit("figures.committed")
        return Advanced(len(new), totals)

    def caught_up(self, name: ConsumerName, at: datetime) -> None:
        """Keep the later."""
        self._db.run(_CAUGHT_UP, {"name": name, "at": at})

    def switch(self, at: datetime) -> Switched | None:
        """See :mod:`analytics.adapters.postgres.switching`."""
        return switching.switch(self._db, at)

    def drop(self, at_most: int) -> int:
        """See :mod:`analytics.adapters.postgres.switching`."""
        return switching.drop(self._db, at_most)

    def discrepancies(self, name: ConsumerName, count: Count) -> Sequence[str]:
        """Count every subject again, beside what the database sums."""
        return switching.discrepancies(self._db, name, count)

    def _unmoved(self, consumer: int, step: Advance) -> bool:
        known = {Chain(topic, part): index for topic, part, index in self._db.all(_AT, (consumer,))}
        return all(known.get(one.chain, 0) == one.after for one in step.readings)

    def _keep(self, consumer: int, facts: Sequence[Fact]) -> dict[EventId, Fact]:
        if not facts:
            return {}
        by_event = {one.event: one for one in reversed(facts)}  # of one event told twice the first counts
        kept = [*by_event.values()]
        bodies = [packed(one) for one in kept]
        given = (
            consumer,
            [one.event for one in kept],
            [one.subject for one in kept],
            [kind for kind, _ in bodies],
            [body for _, body in bodies],
        )
        return {
            event: by_event[event] for (raw,) in self._db.all(_KEEP, given) for event in [EventId(str(raw))]
        }

    def _change(self, consumer: int, new: Mapping[EventId, Fact], count: Count) -> Change:
        """Return what the new facts change; the facts kept before tell what was counted before."""
        if not new:
            return Change()
        rows = self._db.all(_FACTS, (consumer, sorted({one.subject for one in new.values()})))
        gone: list[Contribution] = []
        added: list[Contribution] = []
        for _, group in groupby(rows, key=lambda row: row[0]):
            known, fresh = _parted(group, new)
            change = changed(count(known) if known else {}, count(known + fresh))
            gone += change.gone
            added += change.new
        return Change(tuple(gone), tuple(added))

    def _write(self, consumer: int, change: Change) -> int:
        if change.gone:
            self._db.run(_TAKE_BACK, (*_columns(one.key for one in change.gone), consumer))
        if change.new:
            amounts = [one.amount for one in change.new]
            self._db.run(_ADD, (consumer, *_columns(one.key for one in change.new), amounts))
        totals = change.by_total()
        if totals:
            measures, days, labels = zip(*totals, strict=True)
            self._db.run(_SUM, (consumer, [*measures], [*days], [*labels], [*totals.values()]))
        return len(totals)

    def _move(self, consumer: int, step: Advance, facts: int) -> None:
        if step.unread:
            self._db.run(_UNREAD, (consumer, [*step.unread], [*step.unread.values()]))
        chains = [one.chain for one in step.readings]
        given = ([one.topic for one in chains], [one.partition for one in chains])
        self._db.run(_MOVE, (consumer, *given, [one.index for one in step.readings]))
        if facts:
            self._db.run(_TOLD, (facts, consumer))


def _parted(rows: Iterable[tuple[Any, ...]], new: Mapping[EventId, Fact]) -> tuple[list[Fact], list[Fact]]:
    known: list[Fact] = []
    fresh: list[Fact] = []
    for _, raw, kind, body in rows:
        found = new.get(EventId(str(raw)))
        if found is None:
            known.append(unpacked(kind, bytes(body)))
        else:
            fresh.append(found)
    return known, fresh


def _columns(keys: Iterable[Key]) -> tuple[list[Any], ...]:
    known = list(keys)
    return (
        [one.measure for one in known],
        [one.day for one in known],
        [one.label for one in known],
        [one.event for one in known],
    )
