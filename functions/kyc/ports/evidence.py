"""Documents, and what providers answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kyc.model.application import ApplicationId
from kyc.model.document import Document, DocumentId
from kyc.model.evidence import AmlScreening, CheckKind, Verification


class Documents(Protocol):
    """What is known of each document; its bytes lie in :class:`DocumentStore`."""

    def of(self, application_id: ApplicationId) -> list[Document]:
        """Return the documents of an application, the oldest first."""

    def put(self, document: Document) -> None:
        """Keep ``document`` in place of its earlier state.

        Of one that was settled nothing changes any more, but that it is asked for again, or deleted.
        """


@dataclass(frozen=True, slots=True)
class UploadForm:
    """POST ``fields`` and then the file as ``multipart/form-data`` to ``url``, until ``expires_at``."""

    url: str
    fields: Mapping[str, str]
    expires_at: datetime


class DocumentStore(Protocol):
    """The bytes: they come in by a signed form, and are kept encrypted for their document alone."""

    def form(self, document: Document, seconds: int) -> UploadForm:
        """Return a form that takes this document's type and size only. It calls nobody."""

    def arrived(self, document: Document) -> bytes | None:
        """Return what came by the form: None where nothing did. Raises ``Retryable``."""

    def keep(self, document: Document, content: bytes) -> None:
        """Keep ``content`` encrypted; keeping twice is keeping once. Raises ``Retryable``."""

    def clear(self, document: Document) -> None:
        """Delete what came by the form, if it is there. Raises ``Retryable``."""

    def open(self, document: Document) -> bytes:
        """Return what is kept, in the clear. Raises ``Retryable``, ``DocumentNotFound``."""

    def delete(self, document: Document) -> None:
        """Delete what is kept and what came, if it is there. Raises ``Retryable``."""


class Evidence(Protocol):
    """Answers of providers: written once each."""

    def verifications(
        self, application_id: ApplicationId, round_: int, kind: CheckKind
    ) -> list[Verification]:
        """Return the attempts of a round, in order."""

    def note(self, one: Verification) -> None:
        """Keep an attempt."""

    def screenings(self, application_id: ApplicationId, round_: int) -> list[AmlScreening]:
        """Return the attempts of a round, in order."""

    def note_screening(self, one: AmlScreening) -> None:
        """Keep an attempt."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Somebody with a special right saw personal data, ``document`` or the details, for ``reason``."""

    id: str
    application: ApplicationId
    document: DocumentId | None
    by: str
    at: datetime
    reason: str
