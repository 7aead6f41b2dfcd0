"""Documents, answers of providers and disclosures in PostgreSQL."""

from collections.abc import Sequence
from typing import Any, Final, LiteralString

import msgspec
from psycopg.types.json import Jsonb

from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from kyc.model.application import ApplicationId
from kyc.model.document import Document
from kyc.model.evidence import AmlScreening, Answer, CheckKind, Hit, Screened, Verification
from kyc.ports.evidence import Disclosure

_PUT: Final[LiteralString] = """
INSERT INTO kyc_documents AS known
    (id, application, person, kind, content_type, offered_at, state, size, sha256, reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, size = EXCLUDED.size, sha256 = EXCLUDED.sha256,
    reason = EXCLUDED.reason
WHERE known.state = 'offered' OR EXCLUDED.state = 'deleted'
    OR known.state = 'kept' AND EXCLUDED.reason = 'ASKED_AGAIN'
"""
_NOTE: Final[LiteralString] = """
INSERT INTO kyc_verifications (application, round, kind, attempt, at, outcome, reference)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_SCREENED: Final[LiteralString] = """
INSERT INTO aml_screenings (application, round, attempt, at, hits, reference)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


class PostgresDocuments:
    """One row a document."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, application_id: ApplicationId) -> list[Document]:
        """Read those of an application."""
        rows = self._db.all(
            "SELECT id::text, application::text, person::text, kind, content_type, offered_at, state, size,"
            " sha256, reason FROM kyc_documents WHERE application = %s ORDER BY offered_at, kyc_documents.id",
            (application_id,),
        )
        return [Document(*row) for row in rows]

    def put(self, document: Document) -> None:
        """Insert, or settle what was offered."""
        one = document
        values = (
            one.id, one.application, one.person, one.kind, one.content_type, one.offered_at, one.state,
            one.size, one.sha256, one.reason,
        )  # fmt: skip
        self._db.run(_PUT, values)


class PostgresEvidence:
    """One row an attempt; the first of a number stands."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def verifications(
        self, application_id: ApplicationId, round_: int, kind: CheckKind
    ) -> list[Verification]:
        """Read a round's."""
        rows = self._db.all(
            "SELECT application::text, round, kind, attempt, at, outcome, reference FROM kyc_verifications"
            " WHERE application = %s AND round = %s AND kind = %s ORDER BY attempt",
            (application_id, round_, kind),
        )
        return [Verification(row[0], row[1], row[2], row[3], row[4], Answer(row[5], row[6])) for row in rows]

    def note(self, one: Verification) -> None:
        """Insert."""
        answer = one.answer
        values = (one.application, one.round, one.kind, one.attempt, one.at, answer.outcome, answer.reference)
        self._db.run(_NOTE, values)

    def screenings(self, application_id: ApplicationId, round_: int) -> list[AmlScreening]:
        """Read a round's."""
        rows = self._db.all(
            "SELECT application::text, round, attempt, at, hits, reference FROM aml_screenings"
            " WHERE application = %s AND round = %s ORDER BY attempt",
            (application_id, round_),
        )
        return [AmlScreening(row[0], row[1], row[2], row[3], _screened(row)) for row in rows]

    def note_screening(self, one: AmlScreening) -> None:
        """Insert."""
        found = one.screened
        hits = None if found is None else Jsonb(msgspec.to_builtins(found.hits))
        reference = found.reference if found else None
        self._db.run(_SCREENED, (one.application, one.round, one.attempt, one.at, hits, reference))


class PostgresDisclosures:
    """One row a look; ``relay`` publishes what is told after a commit."""

    def __init__(self, db: Database, relay: str | None) -> None:
        self._db = db
        self._outbox = Outbox(db, relay)

    def note(self, one: Disclosure, events: Sequence[Event[Any]]) -> None:
        """Insert, with the events."""
        with self._db.transaction():
            self._db.run(
                "INSERT INTO kyc_disclosures (id, application, document, by, at, reason)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                (one.id, one.application, one.document, one.by, one.at, one.reason),
            )
            self._outbox.append(*events)


def _screened(row: Sequence[Any]) -> Screened | None:
    return None if row[4] is None else Screened(msgspec.convert(row[4], tuple[Hit, ...]), row[5])
