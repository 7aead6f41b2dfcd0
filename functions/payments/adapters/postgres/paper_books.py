"""Papers over a stretch of time, summed in the database."""

from datetime import datetime
from typing import Final, LiteralString

from kit.stores.postgres import Database
from payments.model.ledger import Book
from payments.model.paper import Series
from payments.model.paper_return import Run, Supplies, Taxes
from payments.model.payment import PaymentId
from payments.model.sale import Gst

_MISSING: Final[LiteralString] = """
SELECT id::text FROM payments
WHERE status = 'captured' AND captured_at >= %(since)s AND captured_at < %(until)s
    AND NOT EXISTS (SELECT FROM papers WHERE cause = payments.id)
ORDER BY captured_at, payments.id LIMIT %(limit)s
"""
_SUPPLIES: Final[LiteralString] = """
SELECT kind, line, place, buyer ->> 'gstin' IS NOT NULL AS registered, count(*), sum(net)::bigint,
    sum(cgst)::bigint, sum(sgst)::bigint, sum(igst)::bigint
FROM papers
WHERE (kind = 'invoice' AND booked_at >= %(since)s AND booked_at < %(until)s)
    OR (kind = 'credit_note' AND issued_at >= %(since)s AND issued_at < %(until)s)
GROUP BY kind, line, place, registered ORDER BY kind, line, place, registered
"""
_RUNS: Final[LiteralString] = """
SELECT kind, series, year, min(number), max(number), count(*) FROM papers
WHERE issued_at >= %(since)s AND issued_at < %(until)s
GROUP BY kind, series, year ORDER BY series, year
"""
_CARRIED: Final[LiteralString] = """
SELECT coalesce(sum(sign * cgst), 0)::bigint, coalesce(sum(sign * sgst), 0)::bigint,
    coalesce(sum(sign * igst), 0)::bigint
FROM (
    SELECT cgst, sgst, igst, CASE WHEN issued_at >= %(since)s AND issued_at < %(until)s THEN 1 ELSE 0 END
        - CASE WHEN booked_at >= %(since)s AND booked_at < %(until)s THEN 1 ELSE 0 END AS sign
    FROM papers
    WHERE kind = 'credit_note' AND ((issued_at >= %(since)s AND issued_at < %(until)s)
        OR (booked_at >= %(since)s AND booked_at < %(until)s))
) notes
"""


class PostgresPaperBooks:
    """See :class:`payments.ports.papers.PaperBooks`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def missing(self, since: datetime, until: datetime, limit: int) -> list[PaymentId]:
        """Read payments without a paper."""
        rows = self._db.all(_MISSING, {"since": since, "until": until, "limit": limit})
        return [PaymentId(row[0]) for row in rows]

    def supplies(self, since: datetime, until: datetime) -> list[Supplies]:
        """Sum."""
        rows = self._db.all(_SUPPLIES, {"since": since, "until": until})
        return [Supplies(row[0], Book(row[1]), *row[2:]) for row in rows]

    def runs(self, since: datetime, until: datetime) -> list[Run]:
        """Count."""
        rows = self._db.all(_RUNS, {"since": since, "until": until})
        return [Run(row[0], Series(row[1], row[2]), *row[3:]) for row in rows]

    def carried(self, since: datetime, until: datetime) -> Taxes:
        """Sum what crossed a border of the stretch."""
        row = self._db.one(_CARRIED, {"since": since, "until": until})
        assert row is not None, "an aggregate has one row"
        return dict(zip((Gst.CGST, Gst.SGST, Gst.IGST), row, strict=True))
