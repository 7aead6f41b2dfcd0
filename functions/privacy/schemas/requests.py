"""What a person sees of their export and their erasure."""

from datetime import datetime
from typing import Self

from pydantic import Field

from kit.http import View
from privacy.model import notice
from privacy.model.erasure import Answer, Erasure, ErasureState
from privacy.model.export import Export, ExportState

_HELD = (
    "A law demands that your data stays as it is for now. It is erased as soon as that ends; you need not"
    " ask again."
)


class ExportView(View):
    """An export; ``missing`` are the domains it still waits for, ``late_since`` when that took an hour."""

    id: str
    state: ExportState
    requested_at: datetime
    missing: tuple[str, ...]
    late_since: datetime | None
    ready_at: datetime | None
    expires_at: datetime | None = Field(description="When the archive is deleted")
    sha256: str | None = Field(description="Of the archive, in hex")
    size: int | None = Field(description="Of the archive, in bytes")
    download: str | None = Field(description="An address of the archive that opens for five minutes")

    @classmethod
    def of(cls, one: Export, missing: tuple[str, ...], link: str | None) -> Self:
        """Show it."""
        return cls(
            id=one.id,
            state=one.state,
            requested_at=one.requested_at,
            missing=missing,
            late_since=one.late_since,
            ready_at=one.ready_at,
            expires_at=one.expires_at,
            sha256=one.sha256,
            size=one.size,
            download=link,
        )


class LineView(View):
    """Of one domain: what is erased, what is kept and why."""

    domain: str
    erased: str
    kept: str | None
    why: str | None


class KeptView(View):
    """What a domain told that it keeps, why, and until when."""

    domain: str
    what: str
    why: str
    until: datetime | None


class ErasureView(View):
    """An erasure: what goes, what stays and why, and the moment until which it can be taken back."""

    id: str
    state: ErasureState
    requested_at: datetime
    due_at: datetime
    ended_at: datetime | None
    plan: tuple[LineView, ...]
    erased: tuple[str, ...] = Field(description="Domains that have erased")
    kept: tuple[KeptView, ...] = Field(description="What they told that they keep")
    note: str | None

    @classmethod
    def of(cls, one: Erasure, answers: tuple[Answer, ...]) -> Self:
        """Show it."""
        return cls(
            id=one.id,
            state=one.state,
            requested_at=one.requested_at,
            due_at=one.due_at,
            ended_at=one.ended_at,
            plan=tuple(LineView.model_validate(line) for line in notice.LINES),
            erased=tuple(answer.domain for answer in answers),
            kept=tuple(
                KeptView(domain=answer.domain, what=kept.what, why=kept.why, until=kept.until)
                for answer in answers
                for kept in answer.kept
            ),
            note=_HELD if one.state == "held" else None,
        )


class PrivacyView(View):
    """The newest of each; null where there was none."""

    export: ExportView | None
    erasure: ErasureView | None
