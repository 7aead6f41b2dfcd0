"""Documents: what is offered, and what of its bytes can be told without opening it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NewType

from kyc.model.application import ApplicationId
from kyc.model.tier import DocumentKind, PersonId

DocumentId = NewType("DocumentId", str)
ContentType = Literal["image/jpeg", "image/png", "application/pdf"]
DocumentState = Literal["offered", "kept", "refused", "deleted"]
LARGEST: Final = 4_000_000
"""Bytes: what a function can still show as JSON (6 MB, base64)."""
SMALLEST: Final = 100
MOST: Final = 20
"""Documents an application may offer in all its rounds."""
_BEGINS: Final[dict[ContentType, bytes]] = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "application/pdf": b"%PDF-",
}
_ENDS: Final[dict[ContentType, bytes]] = {
    "image/jpeg": b"\xff\xd9",
    "image/png": b"IEND\xaeB`\x82",
    "application/pdf": b"%%EOF",
}
_TAIL: Final = 1024
"""Bytes at the end among which the mark of the end is looked for: writers add blanks."""
_ACTIVE: Final = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction", b"/Encrypt")
"""Names of a PDF that act, hide or lock: an identity document has none of them."""


@dataclass(frozen=True, slots=True)
class Document:
    """``sha256`` is of the bytes as they came, in hex, once kept; ``reason`` says why it was refused."""

    id: DocumentId
    application: ApplicationId
    person: PersonId
    kind: DocumentKind
    content_type: ContentType
    offered_at: datetime
    state: DocumentState = "offered"
    size: int | None = None
    sha256: str | None = None
    reason: str | None = None


def flaw_of(content: bytes | None, content_type: ContentType) -> str | None:
    """Return the code of what is wrong with ``content`` (None: nothing came), or None.

    The type is told by the first bytes, and that it is whole by the last ones.
    """
    if content is None:
        return "DOCUMENT_MISSING"
    if not SMALLEST <= len(content) <= LARGEST:
        return "DOCUMENT_SIZE"
    if not content.startswith(_BEGINS[content_type]):
        return "DOCUMENT_TYPE"
    if _ENDS[content_type] not in content[-_TAIL:]:
        return "DOCUMENT_CUT_OFF"
    if content_type == "application/pdf" and any(_names(content, name) for name in _ACTIVE):
        return "DOCUMENT_ACTIVE_CONTENT"
    return None


def _names(content: bytes, name: bytes) -> bool:
    """Whether the PDF names ``name`` as a whole word: ``/JS`` is not in ``/JSmith``."""
    at = content.find(name)
    while at >= 0:
        after = content[at + len(name) : at + len(name) + 1]
        if not after.isalnum():
            return True
        at = content.find(name, at + 1)
    return False
