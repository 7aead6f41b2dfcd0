"""What this domain holds about a person. It keeps it all for as long as the law says (ADR 182), whoever asks.

What weighs against somebody (scores, findings, screenings) is never shown to them, so it is in no export.
"""

from base64 import b64encode
from datetime import datetime
from functools import partial
from typing import Any, Final

import msgspec

from kit.privacy.tables import Holdings, Keeping, Section
from kit.sealing import Erased
from kyc.adapters.sealing import SealedDetails
from kyc.errors import DocumentNotFound
from kyc.model.application import ApplicationId
from kyc.model.document import Document, DocumentId
from kyc.model.tier import PersonId
from kyc.ports.evidence import DocumentStore

_LAW: Final = (
    "Records of identity are kept for ten years after the tier ends (PML Rules: five at least), encrypted"
    " under a"
    " key of their own"
)


def holdings(seal: SealedDetails, store: DocumentStore) -> Holdings:
    """Return them; ``seal`` opens what a person said of themselves, ``store`` their documents."""

    def opened(person: str, row: dict[str, Any]) -> dict[str, Any]:
        if row["details"] is None:
            return row
        try:
            return row | {"details": msgspec.to_builtins(seal.open(PersonId(person), row["details"]))}
        except Erased:
            return row | {"details": None}

    applications = Section(
        "applications",
        ("kyc_applications",),
        "SELECT id, wanted, opened_at, changed_at, state, round, details, redo, appointment, tier,"
        " valid_until,"
        " keep_until, forgotten FROM kyc_applications WHERE person = %(person)s::uuid ORDER BY opened_at",
        opened,
    )
    documents = Section(
        "documents",
        ("kyc_documents",),
        "SELECT id, application, kind, content_type, offered_at, state, size, sha256 FROM kyc_documents"
        " WHERE person = %(person)s::uuid ORDER BY offered_at",
        partial(_with_content, store),
    )
    return Holdings((applications, documents, *_SECTIONS), (), _KEEPINGS, _APART)


def _with_content(store: DocumentStore, person: str, row: dict[str, Any]) -> dict[str, Any]:
    """Add the document itself, base64, where it is kept."""
    if row["state"] != "kept":
        return row
    document = Document(
        DocumentId(row["id"]),
        ApplicationId(row["application"]),
        PersonId(person),
        row["kind"],
        row["content_type"],
        datetime.fromisoformat(row["offered_at"]),
        row["state"],
    )
    try:
        return row | {"content": b64encode(store.open(document)).decode()}
    except DocumentNotFound:
        return row | {"content": None}


_SECTIONS: Final = (
    Section(
        "standing",
        ("kyc_standings",),
        "SELECT tier, valid_until FROM kyc_standings WHERE person = %(person)s::uuid",
    ),
    Section(
        "decisions",
        ("kyc_decisions",),
        "SELECT d.application, d.at, d.kind, d.verdict, d.policy_version FROM kyc_decisions d"
        " JOIN kyc_applications a ON a.id = d.application WHERE a.person = %(person)s::uuid ORDER BY d.at",
    ),
    Section(
        "verifications",
        ("kyc_verifications",),
        "SELECT v.application, v.kind, v.at, v.outcome FROM kyc_verifications v"
        " JOIN kyc_applications a ON a.id = v.application WHERE a.person = %(person)s::uuid ORDER BY v.at",
    ),
    Section(
        "looked_at_by_staff",
        ("kyc_disclosures",),
        "SELECT d.application, d.document, d.at FROM kyc_disclosures d"
        " JOIN kyc_applications a ON a.id = d.application WHERE a.person = %(person)s::uuid ORDER BY d.at",
    ),
)
_KEEPINGS: Final = (
    Keeping(
        "identity",
        _LAW,
        "SELECT count(*), max(keep_until) FROM kyc_applications"
        " WHERE person = %(person)s::uuid AND NOT forgotten",
    ),
)
_APART: Final = (("aml_screenings", "who is screened must not be told what was found (PML Act)"),)
