"""Both books beside one another in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final, LiteralString

from kit.stores.postgres import Database
from payments.model.ledger import Book
from payments.model.reconciliation import BookEntry, Pair, Posting, Settlement

_PAIRS: Final[LiteralString] = """
INSERT INTO book_pairs AS known (about, what, ledger, gateway, changed_at)
SELECT about, what, sum(ledger), sum(gateway), %(at)s FROM said
GROUP BY about, what HAVING sum(ledger) <> 0 OR sum(gateway) <> 0
ON CONFLICT (about, what) DO UPDATE SET ledger = known.ledger + EXCLUDED.ledger,
    gateway = known.gateway + EXCLUDED.gateway, changed_at = EXCLUDED.changed_at
"""
# what the gateway paid out is no pair: it moves between its balance and our bank
_ENTRIES: Final[LiteralString] = f"""
WITH made AS (
    INSERT INTO book_entries (ref, kind, about, payment, amount, fee, net, occurred_at, kept_at)
    SELECT n.*, %(at)s FROM unnest(%(refs)s::text[], %(kinds)s::text[], %(abouts)s::text[],
        %(payments)s::text[], %(amounts)s::bigint[], %(fees)s::bigint[], %(nets)s::bigint[],
        %(times)s::timestamptz[]) n
    ON CONFLICT (ref) DO NOTHING RETURNING kind, about, amount, fee
), said AS (
    SELECT about, v.what, 0::bigint AS ledger, v.paise AS gateway
    FROM made, LATERAL (VALUES ('money', amount), ('fee', -fee)) v (what, paise) WHERE kind <> 'payout'
), paired AS ({_PAIRS})
SELECT count(*) FROM made
"""
_POSTINGS: Final[LiteralString] = f"""
WITH moved AS (
    INSERT INTO book_readings AS known (line, at, seq) VALUES (%(line)s, %(now_at)s, %(now_seq)s)
    ON CONFLICT (line) DO UPDATE SET at = EXCLUDED.at, seq = EXCLUDED.seq
    WHERE (known.at, known.seq) = (%(was_at)s::timestamptz, %(was_seq)s::bigint) RETURNING line
), said AS (
    SELECT n.about, n.what, n.ledger, 0::bigint AS gateway
    FROM unnest(%(abouts)s::text[], %(whats)s::text[], %(amounts)s::bigint[]) n (about, what, ledger)
    WHERE EXISTS (SELECT FROM moved)
), paired AS ({_PAIRS})
SELECT count(*) FROM moved
"""
_NAMES: Final[LiteralString] = """
WITH asked AS (
    SELECT r.reference, split_part(r.reference, ':', 1) AS kind,
        CASE WHEN r.reference ~ '^(payment|refund):[0-9a-f-]{36}(:|$)'
             THEN split_part(r.reference, ':', 2)::uuid END AS id
    FROM unnest(%(references)s::text[]) r (reference)
)
SELECT a.reference, p.payment_ref FROM asked a JOIN payments p ON p.id = a.id
WHERE a.kind = 'payment' AND p.payment_ref IS NOT NULL
UNION ALL
SELECT a.reference, r.gateway_ref FROM asked a JOIN refunds r ON r.id = a.id
WHERE a.kind = 'refund' AND r.gateway_ref IS NOT NULL
"""
_SETTLED: Final[LiteralString] = """
SELECT (e.occurred_at AT TIME ZONE 'Asia/Kolkata')::date AS day, p.line,
    coalesce(sum(e.amount) FILTER (WHERE e.kind = 'payment'), 0),
    coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('dispute', 'other')), 0),
    coalesce(-sum(e.amount) FILTER (WHERE e.kind = 'refund'), 0), sum(e.fee),
    coalesce(-sum(e.amount) FILTER (WHERE e.kind = 'payout'), 0), sum(e.net)
FROM book_entries e LEFT JOIN payments p ON p.payment_ref = e.payment
WHERE e.occurred_at >= %s::date AT TIME ZONE 'Asia/Kolkata' GROUP BY day, p.line ORDER BY day DESC, p.line
"""


class PostgresMatching:
    """See :class:`payments.ports.reconciling.Matching`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def last_entry(self) -> str | None:
        """Read the last one that was kept."""
        row = self._db.one("SELECT ref FROM book_entries ORDER BY place DESC LIMIT 1")
        return row[0] if row else None

    def keep_entries(self, entries: Sequence[BookEntry], at: datetime) -> int:
        """Insert, and add to the pairs, in one command."""
        row = self._db.one(
            _ENTRIES,
            {
                "at": at,
                "refs": [one.ref for one in entries],
                "kinds": [one.kind for one in entries],
                "abouts": [one.about for one in entries],
                "payments": [one.payment for one in entries],
                "amounts": [one.amount for one in entries],
                "fees": [one.fee for one in entries],
                "nets": [one.net for one in entries],
                "times": [one.occurred_at for one in entries],
            },
        )
        return int(row[0]) if row else 0

    def read_to(self, line: Book) -> tuple[datetime, int] | None:
        """Read the place."""
        row = self._db.one("SELECT at, seq FROM book_readings WHERE line = %s", (line.value,))
        return (row[0], row[1]) if row else None

    def keep_postings(
        self,
        line: Book,
        was: tuple[datetime, int] | None,
        now: tuple[datetime, int],
        postings: Sequence[Posting],
        at: datetime,
    ) -> bool:
        """Move the place, and add to the pairs only if it was ours to move."""
        row = self._db.one(
            _POSTINGS,
            {
                "at": at,
                "line": line.value,
                "was_at": was[0] if was else None,
                "was_seq": was[1] if was else None,
                "now_at": now[0],
                "now_seq": now[1],
                "abouts": [one.about for one in postings],
                "whats": [one.what for one in postings],
                "amounts": [one.amount for one in postings],
            },
        )
        return row is not None and row[0] == 1

    def names(self, references: Collection[str]) -> dict[str, str]:
        """Look both tables up at once."""
        rows = self._db.all(_NAMES, {"references": list(references)})
        return {row[0]: row[1] for row in rows}

    def differing(self, before: datetime, limit: int) -> list[Pair]:
        """Read by the partial index."""
        rows = self._db.all(
            "SELECT about, what, ledger, gateway FROM book_pairs"
            " WHERE ledger <> gateway AND changed_at <= %s ORDER BY changed_at LIMIT %s",
            (before, limit),
        )
        return [Pair(*row) for row in rows]

    def unsound(self, limit: int) -> list[BookEntry]:
        """Read by the partial index."""
        rows = self._db.all(
            "SELECT ref, kind, about, amount, fee, net, occurred_at, payment FROM book_entries"
            " WHERE net <> amount - fee ORDER BY ref LIMIT %s",
            (limit,),
        )
        return [BookEntry(*row) for row in rows]

    def settlements(self, since: date) -> list[Settlement]:
        """Sum in the database."""
        rows = self._db.all(_SETTLED, (since,))
        return [Settlement(row[0], Book(row[1]) if row[1] else None, *map(int, row[2:])) for row in rows]
