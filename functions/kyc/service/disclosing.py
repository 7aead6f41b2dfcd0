"""Personal data shown to staff: never one's own case, never without a reason, never unrecorded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kit import clock, ids
from kit.audit import Actor
from kyc.errors import ApplicationNotFound, DocumentNotFound, SecondPersonRequired
from kyc.model.application import Application, ApplicationId
from kyc.model.details import Details
from kyc.model.document import Document, DocumentId
from kyc.ports.applications import Applications
from kyc.ports.disclosing import Disclosures
from kyc.ports.evidence import Disclosure, Documents, DocumentStore
from kyc.ports.sealing import DetailsSeal
from kyc.service import facts


@dataclass(frozen=True, slots=True)
class Disclosing:
    """It is written down first: who cannot be recorded sees nothing."""

    applications: Applications
    documents: Documents
    store: DocumentStore
    seal: DetailsSeal
    disclosures: Disclosures
    now: Callable[[], datetime] = clock.now

    def details(
        self, application_id: ApplicationId, by: Actor, reason: str
    ) -> tuple[Details | None, list[Document]]:
        """Return what the person said and the list of documents.

        Raises ``ApplicationNotFound``, ``SecondPersonRequired``, ``Retryable``.
        """
        one = self._demand(application_id, by)
        self._note(one, None, by, "kyc.read_details", reason)
        details = self.seal.open(one.person, one.details) if one.details else None
        return details, self.documents.of(one.id)

    def document(
        self, application_id: ApplicationId, document_id: DocumentId, by: Actor, reason: str
    ) -> tuple[Document, bytes]:
        """Return a kept document in the clear. Raises as :meth:`details`, ``DocumentNotFound``."""
        one = self._demand(application_id, by)
        found = next((each for each in self.documents.of(one.id) if each.id == document_id), None)
        if found is None or found.state != "kept":
            raise DocumentNotFound
        self._note(one, document_id, by, "kyc.read_document", reason)
        return found, self.store.open(found)

    def _demand(self, application_id: ApplicationId, by: Actor) -> Application:
        one = self.applications.find(application_id)
        if one is None:
            raise ApplicationNotFound
        if by.id == one.person:
            raise SecondPersonRequired
        return one

    def _note(
        self, one: Application, document: DocumentId | None, by: Actor, action: str, reason: str
    ) -> None:
        made = Disclosure(ids.uuid7(), one.id, document, by.id, self.now(), reason)
        self.disclosures.note(made, (facts.deed(by, action, one),))
