"""Applications, decisions and standings in PostgreSQL."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple
from datetime import datetime
from typing import Any, Final, LiteralString

import msgspec
from psycopg.types.json import Jsonb

from kit.errors import TreumError
from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from kyc.model.application import Application, ApplicationId, Done
from kyc.model.decision import Decision
from kyc.model.states import State
from kyc.model.tier import PersonId, Standing
from kyc.ports.applications import Filed

_NAMES: Final = (
    "id", "person", "wanted", "opened_at", "changed_at", "policy_version", "state", "version", "round",
    "details", "pan_index", "steps", "score", "reasons", "maker", "taken_at", "proposal", "redo",
    "checker", "appointment", "officer", "tier", "valid_until", "owes_letter", "keep_until",
)  # fmt: skip
_READ: Final[LiteralString] = """
SELECT id::text, person::text, wanted, opened_at, changed_at, policy_version, state, version, round,
    details, pan_index, steps, score, reasons, maker, taken_at, proposal, redo,
    checker, appointment, officer, tier, valid_until, owes_letter, keep_until, forgotten
FROM kyc_applications
"""
_INSERT: Final[LiteralString] = """
INSERT INTO kyc_applications (id, person, wanted, opened_at, changed_at, policy_version, state, version,
    round, details, pan_index, steps, score, reasons, maker, taken_at, proposal, redo,
    checker, appointment, officer, tier, valid_until, owes_letter, keep_until)
VALUES (%(id)s, %(person)s, %(wanted)s, %(opened_at)s, %(changed_at)s, %(policy_version)s, %(state)s,
    %(version)s, %(round)s, %(details)s, %(pan_index)s, %(steps)s, %(score)s, %(reasons)s, %(maker)s,
    %(taken_at)s, %(proposal)s, %(redo)s, %(checker)s, %(appointment)s, %(officer)s, %(tier)s,
    %(valid_until)s, %(owes_letter)s, %(keep_until)s)
ON CONFLICT DO NOTHING
"""
_UPDATE: Final[LiteralString] = """
UPDATE kyc_applications SET wanted = %(wanted)s, changed_at = %(changed_at)s,
    policy_version = %(policy_version)s, state = %(state)s, version = %(version)s, round = %(round)s,
    details = %(details)s, pan_index = %(pan_index)s, steps = %(steps)s, score = %(score)s,
    reasons = %(reasons)s, maker = %(maker)s, taken_at = %(taken_at)s, proposal = %(proposal)s,
    redo = %(redo)s, checker = %(checker)s, appointment = %(appointment)s, officer = %(officer)s,
    tier = %(tier)s, valid_until = %(valid_until)s, owes_letter = %(owes_letter)s, keep_until = %(keep_until)s
WHERE id = %(id)s AND version = %(was)s AND NOT forgotten
"""
_DECIDED: Final[LiteralString] = """
INSERT INTO kyc_decisions (application, version, round, at, by, kind, verdict, policy_version, score,
    reasons, note)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_STANDING: Final[LiteralString] = """
INSERT INTO kyc_standings AS known (person, tier, valid_until, application, version)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (person) DO UPDATE SET tier = EXCLUDED.tier, valid_until = EXCLUDED.valid_until,
    application = EXCLUDED.application, version = EXCLUDED.version
WHERE known.version = EXCLUDED.version - 1
"""


class _OvertakenError(TreumError):
    """The standing has another version: everything is rolled back."""


class PostgresApplications:
    """One row an application; ``relay`` publishes what is told after a commit."""

    def __init__(self, db: Database, relay: str | None) -> None:
        self._db = db
        self._outbox = Outbox(db, relay)

    def together(self) -> AbstractContextManager[Any]:
        """Open a transaction, or join the one that is open: the port ``Together``."""
        return self._db.transaction()

    def find(self, application_id: ApplicationId) -> Application | None:
        """Read by id."""
        row = self._db.one(f"{_READ} WHERE id = %s", (application_id,))
        return _application(row) if row else None

    def newest(self, person: PersonId) -> Application | None:
        """Read the last one."""
        row = self._db.one(
            f"{_READ} WHERE person = %s ORDER BY opened_at DESC, kyc_applications.id DESC LIMIT 1",
            (person,),
        )
        return _application(row) if row else None

    def put(self, application: Application, was: int, filed: Filed = Filed()) -> bool:  # noqa: B008 - frozen
        """Insert or compare and set; all of it in one transaction."""
        try:
            with self._db.transaction():
                command = _UPDATE if was else _INSERT
                if self._db.run(command, _params(application) | {"was": was}) != 1:
                    return False
                self._file(filed)
        except _OvertakenError:
            return False
        return True

    def _file(self, filed: Filed) -> None:
        if filed.decision is not None:
            decision = filed.decision
            self._db.run(_DECIDED, (*astuple(decision)[:9], list(decision.reasons), decision.note))
        if filed.standing is not None:
            one = filed.standing
            values = (one.person, one.tier, one.valid_until, one.application, one.version)
            if self._db.run(_STANDING, values) != 1:
                raise _OvertakenError
        self._outbox.append(*filed.events)

    def decisions(self, application_id: ApplicationId) -> list[Decision]:
        """Read the history."""
        rows = self._db.all(
            "SELECT application::text, version, round, at, by, kind, verdict, policy_version, score,"
            " reasons, note"
            " FROM kyc_decisions WHERE application = %s ORDER BY version",
            (application_id,),
        )
        return [_decision(row) for row in rows]

    def queue(
        self, state: State, after: tuple[datetime, ApplicationId] | None, limit: int
    ) -> list[Application]:
        """Read a page by keys."""
        query: LiteralString = f"{_READ} WHERE state = %s"
        params: list[Any] = [state]
        if after is not None:
            query, params = query + " AND (changed_at, kyc_applications.id) > (%s, %s)", [*params, *after]
        query += " ORDER BY changed_at, kyc_applications.id LIMIT %s"
        return [_application(row) for row in self._db.all(query, (*params, limit))]

    def waiting_since(self, before: datetime) -> int:
        """Count by the index of what waits."""
        row = self._db.one(
            "SELECT count(*) FROM kyc_applications"
            " WHERE state IN ('in_review', 'in_check') AND changed_at < %s",
            (before,),
        )
        return int(row[0]) if row else 0

    def others_with(self, pan_index: bytes, person: PersonId) -> int:
        """Count people."""
        row = self._db.one(
            "SELECT count(DISTINCT person) FROM kyc_applications"
            " WHERE pan_index = %s AND person <> %s AND round > 0",
            (pan_index, person),
        )
        return int(row[0]) if row else 0

    def standing(self, person: PersonId) -> Standing:
        """Read the row, or nothing is known."""
        row = self._db.one(
            "SELECT person::text, tier, valid_until, application::text, version FROM kyc_standings"
            " WHERE person = %s",
            (person,),
        )
        return Standing(*row) if row else Standing(person)

    def forget(self, application_id: ApplicationId, at: datetime, events: Sequence[Event[Any]] = ()) -> bool:
        """Let the owner's function do it: this role may not."""
        with self._db.transaction():
            row = self._db.one("SELECT forget_application(%s, %s)", (application_id, at))
            if row is None or not row[0]:
                return False
            self._outbox.append(*events)
        return True


def _application(row: Sequence[Any]) -> Application:
    values = dict(zip((*_NAMES, "forgotten"), row, strict=True))
    values["steps"] = msgspec.convert(values["steps"], tuple[Done, ...])
    values["reasons"], values["redo"] = tuple(values["reasons"]), tuple(values["redo"])
    if values["pan_index"] is not None:
        values["pan_index"] = bytes(values["pan_index"])
    return Application(**values)


def _decision(row: Sequence[Any]) -> Decision:
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in row]
    return Decision(*values)


def _params(one: Application) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in _NAMES}
    lists = {"reasons": list(one.reasons), "redo": list(one.redo)}
    return plain | lists | {"steps": Jsonb(msgspec.to_builtins(one.steps))}
