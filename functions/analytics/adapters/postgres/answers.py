"""Figures of the consumer that is shown."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final, LiteralString

from analytics.adapters.rows import unpacked
from analytics.model.facts import Fact
from analytics.model.figures import Contribution, EventId, Key
from analytics.model.reports import Total
from analytics.ports import EventsQuery, SourceEvent, TotalsQuery
from kit.stores.postgres import Database

_SHOWN: Final[LiteralString] = "(SELECT id FROM consumers WHERE state = 'active')"
_TOTALS: Final[LiteralString] = f"""
SELECT CASE WHEN day < %(first)s THEN NULL
            WHEN %(by)s = 'month' THEN date_trunc('month', day)::date ELSE day END,
       measure, label, sum(amount)::bigint
FROM totals
WHERE consumer = {_SHOWN} AND measure = ANY(%(measures)s) AND day <= %(last)s
  AND (%(before)s OR day >= %(first)s) AND (%(label)s::text IS NULL OR label = %(label)s)
GROUP BY 1, 2, 3 HAVING sum(amount) <> 0
"""
_EVENTS: Final[LiteralString] = f"""
SELECT measure, day, label, event, amount FROM contributions
WHERE consumer = {_SHOWN} AND measure = ANY(%(measures)s) AND day BETWEEN %(first)s AND %(last)s
  AND (%(label)s::text IS NULL OR label = %(label)s)
  AND (%(after)s::boolean IS NOT TRUE
       OR (measure, day, label, event) > (%(a_measure)s, %(a_day)s::date, %(a_label)s, %(a_event)s::uuid))
ORDER BY measure, day, label, event LIMIT %(limit)s
"""
_FACTS: Final[LiteralString] = f"SELECT kind, body FROM facts WHERE consumer = {_SHOWN} AND subject = %s"


class PostgresAnswers:
    """See :class:`analytics.ports.Answers`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def totals(self, query: TotalsQuery) -> Sequence[Total]:
        """One query, so of one moment."""
        given = {**asdict(query), "measures": list(query.measures)}
        return [Total(*row) for row in self._db.all(_TOTALS, given)]

    def events(self, query: EventsQuery) -> Sequence[SourceEvent]:
        """One page by the primary key."""
        after = asdict(query.after) if query.after else dict.fromkeys(Key.__dataclass_fields__)
        given = {
            "measures": list(query.measures),
            "first": query.first,
            "last": query.last,
            "label": query.label,
            "limit": query.limit,
            "after": query.after is not None,
            **{f"a_{name}": value for name, value in after.items()},
        }
        rows = self._db.all(_EVENTS, given)
        return [
            Contribution(Key(measure, day, label, EventId(str(event))), amount)
            for measure, day, label, event, amount in rows
        ]

    def facts_of(self, subject: str) -> Sequence[Fact]:
        """Read and unpack."""
        return [unpacked(kind, bytes(body)) for kind, body in self._db.all(_FACTS, (subject,))]
