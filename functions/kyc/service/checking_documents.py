"""The first step: what came is looked at, kept encrypted, and its open copy deleted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

from kit import failpoint
from kyc.model.application import Application
from kyc.model.document import Document, flaw_of
from kyc.model.tier import TierRule
from kyc.ports.evidence import Documents, DocumentStore


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """Each document ends kept or refused; what is uploaded after that is deleted by the bucket's own rule."""

    documents: Documents
    store: DocumentStore
    hit: Callable[[str], None] = failpoint.hit

    def run(self, one: Application, rule: TierRule) -> tuple[str, ...]:
        """Check what is offered; return why the application cannot go on, sorted, or nothing.

        Raises ``Retryable``.
        """
        for document in self.documents.of(one.id):
            if document.state == "offered":
                self._settle(document)
            self.store.clear(document)  # also of one that was settled before a cut
        newest = {document.kind: document for document in self.documents.of(one.id)}
        flaws = {
            f"{kind.upper()}:{_flaw(newest.get(kind))}"
            for kind in rule.documents
            if not any(each.kind == kind and each.state == "kept" for each in self.documents.of(one.id))
        }
        return tuple(sorted(flaws))

    def _settle(self, document: Document) -> None:
        content = self.store.arrived(document)
        flaw = flaw_of(content, document.content_type)
        if flaw is not None or content is None:
            self.documents.put(replace(document, state="refused", reason=flaw))
        else:
            self.store.keep(document, content)
            self.hit("kyc.document.stored")
            digest = sha256(content).hexdigest()
            self.documents.put(replace(document, state="kept", size=len(content), sha256=digest))
        self.hit("kyc.document.settled")


def _flaw(document: Document | None) -> str:
    return (document.reason if document else None) or "DOCUMENT_MISSING"
