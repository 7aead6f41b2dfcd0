"""What an applicant does: begin or resume, say who they are, offer documents, submit, look."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kit import clock, ids
from kit.errors import PreconditionFailed
from kyc.errors import (
    AlreadyVerified,
    ApplicationNotFound,
    Incomplete,
    NumberRefused,
    StateRefused,
    TooManyDocuments,
    TooSoon,
)
from kyc.model.application import Application, ApplicationId
from kyc.model.details import Details
from kyc.model.document import MOST, ContentType, Document, DocumentId
from kyc.model.states import EDITABLE
from kyc.model.tier import DocumentKind, PersonId, Standing, Wanted, covers
from kyc.model.todo import Todo, missing, todo, todo_without
from kyc.policies import KycPolicy, Policies
from kyc.ports.applications import Applications, Filed, Together
from kyc.ports.evidence import Documents, DocumentStore, UploadForm
from kyc.ports.outgoing import DueRows
from kyc.ports.providers import NumberVault
from kyc.ports.sealing import DetailsSeal, Indexing
from kyc.service import facts
from kyc.service.outcomes import PATIENCE

FORM_S: Final = 600
"""How long an upload may take to begin."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of themselves; the Aadhaar number goes no further than the provider."""

    name: str
    born: date
    pan: str
    aadhaar: str
    email: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Where somebody stands; without an application there are no documents."""

    standing: Standing
    policy: KycPolicy
    todo: tuple[Todo, ...]
    application: Application | None = None
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Applying:
    """Everything is the applicant's own: what is somebody else's is not found."""

    applications: Applications
    documents: Documents
    store: DocumentStore
    numbers: NumberVault
    seal: DetailsSeal
    index: Indexing
    due: DueRows
    policies: Policies
    together: Together
    now: Callable[[], datetime] = clock.now

    def overview(self, person: PersonId) -> Overview:
        """Return where ``person`` stands and what to do next."""
        standing, newest, at = (
            self.applications.standing(person),
            self.applications.newest(person),
            self.now(),
        )
        policy = self.policies.on(at.date())
        if newest is None or not newest.open:
            later = newest is not None and _too_soon(newest, policy, at)
            next_: tuple[Todo, ...] = todo_without(standing, at, policy.redo_ahead)
            return Overview(standing, policy, ("apply_later",) if later else next_, newest)
        documents = tuple(self.documents.of(newest.id))
        next_ = todo(newest, documents, policy.rule(newest.wanted))
        return Overview(standing, policy, next_, newest, documents)

    def begin(self, person: PersonId, wanted: Wanted) -> tuple[Application, bool]:
        """Return the open application, for ``wanted`` from now on, or a new one; and whether it is new.

        Raises ``StateRefused``, ``AlreadyVerified``, ``TooSoon``, ``PreconditionFailed``.
        """
        newest = self.applications.newest(person)
        if newest is not None and newest.open:
            return self._resume(newest, wanted), False
        at = self.now()
        policy = self.policies.on(at.date())
        self._demand_need(person, wanted, newest, policy, at)
        one = Application(ApplicationId(ids.uuid7()), person, wanted, at, at, policy.version)
        with self.together():
            if not self.applications.put(one, 0):
                raise PreconditionFailed
            self.due.plan("kyc.expire", one.id, at + policy.draft_for)
        return one, True

    def _resume(self, one: Application, wanted: Wanted) -> Application:
        if one.wanted == wanted:
            return one
        return self._put(one.edited(wanted=wanted), one.version)

    def _demand_need(
        self,
        person: PersonId,
        wanted: Wanted,
        newest: Application | None,
        policy: KycPolicy,
        at: datetime,
    ) -> None:
        standing = self.applications.standing(person)
        if covers(standing.at(at), wanted):
            assert standing.valid_until is not None, "every tier ends"
            if at < standing.valid_until - policy.redo_ahead:
                raise AlreadyVerified
        if newest is not None and _too_soon(newest, policy, at):
            raise TooSoon

    def say(self, application_id: ApplicationId, person: PersonId, version: int, said: Said) -> Application:
        """Keep who they are, sealed. Raises what :meth:`_own` raises, ``NumberRefused``, ``Retryable``."""
        one = self._own(application_id, person, version)
        if one.state not in EDITABLE:
            raise StateRefused(f"It is {one.state}")
        reference = self.numbers.reference(said.aadhaar)
        if reference is None:
            raise NumberRefused
        details = Details(said.name, said.born, said.pan, reference.last4, reference.reference, said.email)
        sealed, index = self.seal.seal(person, details), self.index.of(said.pan)
        return self._put(one.described(sealed, index), version)

    def offer(
        self,
        application_id: ApplicationId,
        person: PersonId,
        kind: DocumentKind,
        content_type: ContentType,
    ) -> tuple[Document, UploadForm]:
        """Return a document that may be uploaded now, and the form for it.

        Raises ``ApplicationNotFound``, ``StateRefused``, ``TooManyDocuments``.
        """
        one = self._own(application_id, person)
        if one.state not in EDITABLE:
            raise StateRefused(f"It is {one.state}")
        if len(self.documents.of(one.id)) >= MOST:
            raise TooManyDocuments
        made = Document(DocumentId(ids.uuid7()), one.id, person, kind, content_type, self.now())
        self.documents.put(made)
        return made, self.store.form(made, FORM_S)

    def submit(self, application_id: ApplicationId, person: PersonId, version: int) -> Application:
        """Hand it in. Raises what :meth:`_own` raises, ``StateRefused``, ``Incomplete``."""
        one, at = self._own(application_id, person, version), self.now()
        policy = self.policies.on(at.date())
        lacking = missing(self.documents.of(one.id), policy.rule(one.wanted))
        if one.state in EDITABLE and (lacking or not one.described_enough):
            raise Incomplete((*(() if one.described_enough else ("details",)), *lacking))
        moved = one.submitted(at, policy.version)
        with self.together():
            if not self.applications.put(moved, version, Filed(events=(facts.submitted(moved),))):
                raise PreconditionFailed
            self.due.drop("kyc.expire", one.id)
            self.due.drop("kyc.tell", one.id)
            self.due.plan("kyc.drive", one.id, at + PATIENCE)
        return moved

    def _own(
        self, application_id: ApplicationId, person: PersonId, version: int | None = None
    ) -> Application:
        """Return the person's application. Raises ``ApplicationNotFound``, ``PreconditionFailed``."""
        one = self.applications.find(application_id)
        if one is None or one.person != person:
            raise ApplicationNotFound
        if version is not None and one.version != version:
            raise PreconditionFailed
        return one

    def _put(self, one: Application, was: int) -> Application:
        if not self.applications.put(one, was):
            raise PreconditionFailed
        return one


def _too_soon(newest: Application, policy: KycPolicy, at: datetime) -> bool:
    """Whether the rejection is too fresh for another application."""
    return newest.state == "rejected" and at < newest.changed_at + policy.again_after
