"""Documents and their bytes, answers of providers and disclosures in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from kit import clock
from kit.events import Event
from kyc.errors import DocumentNotFound
from kyc.model.application import ASKED_AGAIN, ApplicationId
from kyc.model.document import Document, DocumentId
from kyc.model.evidence import AmlScreening, CheckKind, Verification
from kyc.ports.evidence import Disclosure, UploadForm


@dataclass
class MemoryDocuments:
    """See :class:`kyc.ports.evidence.Documents`."""

    kept: dict[DocumentId, Document] = field(default_factory=dict)

    def of(self, application_id: ApplicationId) -> list[Document]:
        """Search."""
        found = (one for one in self.kept.values() if one.application == application_id)
        return sorted(found, key=lambda one: (one.offered_at, one.id))

    def put(self, document: Document) -> None:
        """Settle what was offered."""
        known = self.kept.get(document.id)
        again = known is not None and known.state == "kept" and document.reason == ASKED_AGAIN
        if known is None or known.state == "offered" or document.state == "deleted" or again:
            self.kept[document.id] = document


@dataclass
class MemoryDocumentStore:
    """See :class:`kyc.ports.evidence.DocumentStore`: ``came`` is open, ``lies`` would be encrypted."""

    came: dict[DocumentId, bytes] = field(default_factory=dict)
    lies: dict[DocumentId, bytes] = field(default_factory=dict)

    def form(self, document: Document, seconds: int) -> UploadForm:
        """Return a form that leads nowhere."""
        until = clock.now() + timedelta(seconds=seconds)
        return UploadForm("https://upload.example", {"key": f"incoming/{document.id}"}, until)

    def arrived(self, document: Document) -> bytes | None:
        """Look it up."""
        return self.came.get(document.id)

    def keep(self, document: Document, content: bytes) -> None:
        """Keep it."""
        self.lies[document.id] = content

    def clear(self, document: Document) -> None:
        """Forget it."""
        self.came.pop(document.id, None)

    def open(self, document: Document) -> bytes:
        """Look it up."""
        if document.id not in self.lies:
            raise DocumentNotFound
        return self.lies[document.id]

    def delete(self, document: Document) -> None:
        """Forget both."""
        self.clear(document)
        self.lies.pop(document.id, None)


@dataclass
class MemoryEvidence:
    """See :class:`kyc.ports.evidence.Evidence`."""

    verified: list[Verification] = field(default_factory=list)
    screened: list[AmlScreening] = field(default_factory=list)

    def verifications(
        self, application_id: ApplicationId, round_: int, kind: CheckKind
    ) -> list[Verification]:
        """Search."""
        wanted = (application_id, round_, kind)
        found = (one for one in self.verified if (one.application, one.round, one.kind) == wanted)
        return sorted(found, key=lambda one: one.attempt)

    def note(self, one: Verification) -> None:
        """Append; the first of a number stands."""
        known = self.verifications(one.application, one.round, one.kind)
        if all(each.attempt != one.attempt for each in known):
            self.verified.append(one)

    def screenings(self, application_id: ApplicationId, round_: int) -> list[AmlScreening]:
        """Search."""
        wanted = (application_id, round_)
        found = (one for one in self.screened if (one.application, one.round) == wanted)
        return sorted(found, key=lambda one: one.attempt)

    def note_screening(self, one: AmlScreening) -> None:
        """Append; the first of a number stands."""
        known = self.screenings(one.application, one.round)
        if all(each.attempt != one.attempt for each in known):
            self.screened.append(one)


@dataclass
class MemoryDisclosures:
    """See :class:`kyc.ports.disclosing.Disclosures`."""

    noted: list[Disclosure] = field(default_factory=list)
    told: list[Event[Any]] = field(default_factory=list)

    def note(self, one: Disclosure, events: Sequence[Event[Any]]) -> None:
        """Append."""
        self.noted.append(one)
        self.told += events
