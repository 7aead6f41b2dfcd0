"""Papers and their prints in PostgreSQL.

Failpoints: ``papers.numbered`` (a number is taken, its series locked), ``papers.inserted`` (not committed).
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, LiteralString

import psycopg
from psycopg.types.json import Jsonb

from kit import failpoint, outbox
from kit.outbox import Outbox
from kit.stores.postgres import Database
from payments.errors.papers import CreditExceeded
from payments.model.ledger import Book, PersonId
from payments.model.paper import Original, Paper, PaperCause, PaperId, PaperKind, Party, Series
from payments.model.payment import PaymentId, Period
from payments.model.sale import Gst, Sale
from payments.ports.papers import Make, Print

_READ: Final[LiteralString] = """
SELECT one.id::text, one.kind, one.series, one.year, one.number, one.cause::text, one.payment::text,
    one.person::text, one.line, one.title, one.net, one.cgst, one.sgst, one.igst, one.place, one.seller,
    one.buyer, one.booked_at, one.issued_at, one.period_start, one.period_end, one.original::text,
    invoice.serial, invoice.issued_at
FROM papers one LEFT JOIN papers invoice ON invoice.id = one.original
"""
_INSERT: Final[LiteralString] = f"""
WITH changed AS (
    INSERT INTO papers (id, kind, series, year, number, cause, payment, person, line, title, net, cgst, sgst,
        igst, place, seller, buyer, booked_at, issued_at, period_start, period_end, original)
    VALUES (%(id)s, %(kind)s, %(series)s, %(year)s, %(number)s, %(cause)s, %(payment)s, %(person)s, %(line)s,
        %(title)s, %(net)s, %(cgst)s, %(sgst)s, %(igst)s, %(place)s, %(seller)s, %(buyer)s, %(booked_at)s,
        %(issued_at)s, %(period_start)s, %(period_end)s, %(original)s)
    ON CONFLICT (cause) DO NOTHING RETURNING id
), {outbox.rows_cte("changed")}
SELECT count(*) FROM changed
"""
_CREDIT_EXCEEDED: Final = "PP002"
_TAXES: Final = (Gst.CGST, Gst.SGST, Gst.IGST)


class PostgresPapers:
    """One row a paper; ``relay`` publishes what is told after a commit."""

    def __init__(self, db: Database, relay: str | None) -> None:
        self._db = db
        self._outbox = Outbox(db, relay)

    def issue(self, series: Series, cause: PaperCause, at: datetime, make: Make) -> Paper:
        """Lock the series, make, insert; whoever waited for the lock meets the earlier paper."""
        with self._db.transaction():
            row = self._db.one("SELECT * FROM next_number(%s, %s, %s)", (series.code, series.year, at))
            assert row is not None, "a series has a next number"
            failpoint.hit("papers.numbered")
            paper, told = make(row[0], row[1])
            if not self._insert(_params(paper) | outbox.params(*told)):
                known = self.of_cause(cause)
                assert known is not None, "only the cause can meet a conflict"
                return known
            failpoint.hit("papers.inserted")
            self._outbox.wake(*told)
        return paper

    def _insert(self, params: dict[str, Any]) -> bool:
        try:
            row = self._db.one(_INSERT, params)
        except psycopg.Error as error:
            if error.sqlstate == _CREDIT_EXCEEDED:
                raise CreditExceeded(error.diag.message_primary or "") from error
            raise
        return row is not None and row[0] == 1

    def find(self, paper_id: PaperId) -> Paper | None:
        """Read by id."""
        return self._first("one.id = %s", paper_id)

    def of_cause(self, cause: PaperCause) -> Paper | None:
        """Read by what it is about."""
        return self._first("one.cause = %s", cause)

    def _first(self, where: LiteralString, value: str) -> Paper | None:
        row = self._db.one(f"{_READ} WHERE {where}", (value,))
        return paper_of(row) if row else None

    def credited(self, invoice: PaperId) -> int:
        """Sum in the database."""
        row = self._db.one(
            "SELECT coalesce(sum(net + cgst + sgst + igst), 0) FROM papers WHERE original = %s", (invoice,)
        )
        assert row is not None, "an aggregate has one row"
        return int(row[0])

    def of_person(
        self, person: PersonId, kind: PaperKind | None, before: tuple[datetime, PaperId] | None, limit: int
    ) -> list[Paper]:
        """Read a page by keys."""
        query: LiteralString = f"{_READ} WHERE one.person = %s"
        params: tuple[Any, ...] = (person,)
        if kind is not None:
            query, params = query + " AND one.kind = %s", (*params, kind)
        if before is not None:
            query, params = query + " AND (one.issued_at, one.id) < (%s, %s)", (*params, *before)
        rows = self._db.all(query + " ORDER BY one.issued_at DESC, one.id DESC LIMIT %s", (*params, limit))
        return [paper_of(row) for row in rows]


class PostgresPrints:
    """One row a PDF."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, paper_id: PaperId) -> Print | None:
        """Read it."""
        return self.of((paper_id,)).get(paper_id)

    def of(self, papers: Sequence[PaperId]) -> dict[PaperId, Print]:
        """Read them at once."""
        rows = self._db.all(
            "SELECT paper::text, digest, size, printed_at FROM paper_prints WHERE paper = ANY (%s::uuid[])",
            (list(papers),),
        )
        return {one.paper: one for one in (Print(*row) for row in rows)}

    def keep(self, made: Print) -> Print:
        """Insert, unless it is there."""
        self._db.run(
            "INSERT INTO paper_prints (paper, digest, size, printed_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (paper) DO NOTHING",
            (made.paper, made.digest, made.size, made.printed_at),
        )
        return self.find(made.paper) or made


def paper_of(row: Sequence[Any]) -> Paper:
    """Return the paper in a row as :data:`_READ` selects it."""
    taxes = tuple((kind, paise) for kind, paise in zip(_TAXES, row[11:14], strict=True) if paise)
    return Paper(
        id=PaperId(row[0]),
        kind=row[1],
        series=Series(row[2], row[3]),
        number=row[4],
        cause=PaperCause(row[5]),
        payment=PaymentId(row[6]),
        person=PersonId(row[7]),
        line=Book(row[8]),
        title=row[9],
        sale=Sale(row[10], taxes),
        place=row[14],
        seller=Party(**row[15]),
        buyer=Party(**row[16]),
        booked_at=row[17],
        issued_at=row[18],
        period=Period(row[19], row[20]) if row[19] is not None else None,
        original=Original(PaperId(row[21]), row[22], row[23]) if row[21] is not None else None,
    )


def _params(one: Paper) -> dict[str, Any]:
    period = (one.period.start, one.period.end) if one.period else (None, None)
    return {kind.value: one.sale.tax(kind) for kind in _TAXES} | {
        "id": one.id,
        "kind": one.kind,
        "series": one.series.code,
        "year": one.series.year,
        "number": one.number,
        "cause": one.cause,
        "payment": one.payment,
        "person": one.person,
        "line": one.line.value,
        "title": one.title,
        "net": one.sale.net,
        "place": one.place,
        "seller": Jsonb(asdict(one.seller)),
        "buyer": Jsonb(asdict(one.buyer)),
        "booked_at": one.booked_at,
        "issued_at": one.issued_at,
        "period_start": period[0],
        "period_end": period[1],
        "original": one.original.id if one.original else None,
    }
