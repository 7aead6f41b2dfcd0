"""Topic ``privacy-events``: what people ask to see and to have erased; never what is seen or erased.

Key and subject: the id of the export or the erasure. ``person`` is a user's id.
"""

from typing import Annotated, ClassVar

import msgspec

from kit.events import Data, Moment

Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""SHA-256 in hex."""
Names = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class _Privacy(Data, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "privacy-events"
    SOURCE: ClassVar[str] = "/treum/privacy"

    person: str


class _Export(_Privacy, frozen=True, kw_only=True):
    export_id: str


class PrivacyExportRequested(_Export, frozen=True, kw_only=True):
    """A person asks for all that is held about them: each of ``domains`` contributes its part."""

    TYPE: ClassVar[str] = "privacy.export_requested"

    domains: Names
    requested_at: Moment


class PrivacyContributed(_Export, frozen=True, kw_only=True):
    """A domain wrote its part: ``pages`` objects, ``sha256`` of their bytes one after the other."""

    TYPE: ClassVar[str] = "privacy.contributed"

    domain: str
    sha256: Digest
    records: Count
    pages: Count
    contributed_at: Moment


class PrivacyExportReady(_Export, frozen=True, kw_only=True):
    """Every domain contributed, and the archive lies there until ``expires_at``."""

    TYPE: ClassVar[str] = "privacy.export_ready"

    sha256: Digest
    expires_at: Moment
    ready_at: Moment


class KeptData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a domain keeps though its person is erased, why, and until when; None: as long as the reason."""

    what: str
    why: str
    until: Moment | None = None


class _Erasure(_Privacy, frozen=True, kw_only=True):
    erasure_id: str


class PrivacyErasureRequested(_Erasure, frozen=True, kw_only=True):
    """A person asks to be erased, which happens at ``due_at`` unless they take it back."""

    TYPE: ClassVar[str] = "privacy.erasure_requested"

    due_at: Moment
    requested_at: Moment


class PrivacyErasureCancelled(_Erasure, frozen=True, kw_only=True):
    """The person took it back: nothing is erased."""

    TYPE: ClassVar[str] = "privacy.erasure_cancelled"

    cancelled_at: Moment


class PrivacyErasureHeld(_Erasure, frozen=True, kw_only=True):
    """It was due, and a legal hold keeps everything as it is for now."""

    TYPE: ClassVar[str] = "privacy.erasure_held"

    held_at: Moment


class PrivacyErasureDue(_Erasure, frozen=True, kw_only=True):
    """Each of ``domains`` erases now what no law makes it keep, and answers."""

    TYPE: ClassVar[str] = "privacy.erasure_due"

    domains: Names
    due_at: Moment


class PrivacyErased(_Erasure, frozen=True, kw_only=True):
    """A domain erased: rows by table in ``removed``, and what it keeps."""

    TYPE: ClassVar[str] = "privacy.erased"

    domain: str
    removed: dict[str, int]
    kept: tuple[KeptData, ...]
    erased_at: Moment


class PrivacyErasureClosing(_Erasure, frozen=True, kw_only=True):
    """All domains but that of the account erased: the last letter goes out, before the address goes."""

    TYPE: ClassVar[str] = "privacy.erasure_closing"

    closing_at: Moment


class PrivacyErasureCompleted(_Erasure, frozen=True, kw_only=True):
    """Every domain erased, and the person's key is destroyed."""

    TYPE: ClassVar[str] = "privacy.erasure_completed"

    completed_at: Moment
