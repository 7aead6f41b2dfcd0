"""What an applicant says and sees."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, EmailStr, Field, StringConstraints

from kit.http import Body, View
from kyc.model.application import Application
from kyc.model.details import is_aadhaar, is_pan
from kyc.model.document import LARGEST, ContentType, Document, DocumentState
from kyc.model.states import State
from kyc.model.tier import DocumentKind, Tier, TierRule, Wanted
from kyc.model.todo import Todo
from kyc.policies import KycPolicy
from kyc.ports.evidence import UploadForm
from kyc.service.applying import Overview, Said


def _pan(value: str) -> str:
    if not is_pan(value):
        raise ValueError("not the permanent account number of a person")
    return value


def _aadhaar(value: str) -> str:
    if not is_aadhaar(value):
        raise ValueError("not an Aadhaar number")
    return value


def _name(value: str) -> str:
    if not value.isprintable():
        raise ValueError("only printable characters")
    return value


class BeginIn(Body):
    """The tier that is wanted."""

    tier: Wanted


class DetailsIn(Body):
    """Who somebody is; the law asks for ``consent`` (DPDP Act, section 6; Aadhaar Act, section 8)."""

    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=2, max_length=120),
        AfterValidator(_name),
        Field(description="As on the PAN card"),
    ]
    born: date = Field(ge=date(1900, 1, 1), description="Date of birth")
    pan: Annotated[
        str, StringConstraints(to_upper=True, strip_whitespace=True, max_length=10), AfterValidator(_pan)
    ]
    aadhaar: Annotated[
        str,
        StringConstraints(max_length=12),
        AfterValidator(_aadhaar),
        Field(description="Twelve digits; only the last four and a reference are kept"),
    ]
    email: Annotated[EmailStr, Field(max_length=254)]
    consent: Literal[True]

    def said(self) -> Said:
        """Return it for the use case."""
        return Said(self.name, self.born, self.pan, self.aadhaar, self.email)


class DocumentIn(Body):
    """A document that will be uploaded."""

    kind: DocumentKind
    content_type: ContentType


class TierView(View):
    """What a tier opens and asks for; ``limit`` in paise, null: without one."""

    tier: Wanted
    limit: int | None
    documents: tuple[DocumentKind, ...]
    video: bool = Field(description="A person is seen by video first")

    @classmethod
    def of(cls, rule: TierRule) -> "TierView":
        """Return what is shown of ``rule``."""
        return cls(tier=rule.tier, limit=rule.limit, documents=rule.documents, video=rule.video)


class DocumentView(View):
    """A document as far as its owner sees it; ``reason`` says why it was refused."""

    id: str
    kind: DocumentKind
    content_type: ContentType
    state: DocumentState
    offered_at: datetime
    size: int | None
    reason: str | None


class UploadView(View):
    """Send ``fields`` and then the file, as ``file``, as ``multipart/form-data`` by POST to ``url``."""

    document: DocumentView
    url: str
    fields: dict[str, str]
    largest: int = Field(description="Bytes")
    expires_at: datetime

    @classmethod
    def of(cls, document: Document, form: UploadForm) -> "UploadView":
        """Return what is shown of both."""
        shown = DocumentView.model_validate(document)
        fields = dict(form.fields)
        return cls(document=shown, url=form.url, fields=fields, largest=LARGEST, expires_at=form.expires_at)


class ApplicationView(View):
    """An application as its applicant sees it; ``reasons`` only where something is to be mended."""

    id: str
    tier: Wanted
    state: State
    opened_at: datetime
    changed_at: datetime
    details_given: bool
    reasons: tuple[str, ...]
    appointment: datetime | None
    valid_until: datetime | None
    version: int

    @classmethod
    def of(cls, one: Application) -> "ApplicationView":
        """Return what is shown of ``one``."""
        return cls(
            id=one.id,
            tier=one.wanted,
            state=one.state,
            opened_at=one.opened_at,
            changed_at=one.changed_at,
            details_given=one.details is not None,
            reasons=one.reasons if one.state == "returned" else (),
            appointment=one.appointment if one.state == "video_wanted" else None,
            valid_until=one.valid_until,
            version=one.version,
        )


class KycView(View):
    """Where somebody stands: the tier that holds now, its limit in paise, and what to do next."""

    tier: Tier
    limit: int | None = Field(
        description="In paise, what the tier opens: 0 without one, null: none. `GET /billing/limit`"
        " says what may still be paid"
    )
    valid_until: datetime | None
    todo: tuple[Todo, ...]
    application: ApplicationView | None
    documents: tuple[DocumentView, ...]
    tiers: tuple[TierView, ...]

    @classmethod
    def of(cls, found: Overview, now: datetime) -> "KycView":
        """Return what is shown of ``found``."""
        tier = found.standing.at(now)
        return cls(
            tier=tier,
            limit=limit_of(found.policy, tier),
            valid_until=found.standing.valid_until if tier != "none" else None,
            todo=found.todo,
            application=ApplicationView.of(found.application) if found.application else None,
            documents=tuple(DocumentView.model_validate(one) for one in found.documents),
            tiers=tuple(TierView.of(one) for one in found.policy.tiers),
        )


def limit_of(policy: KycPolicy, tier: Tier) -> int | None:
    """Return the limit of ``tier`` in paise: nothing without one."""
    return 0 if tier == "none" else policy.rule(tier).limit
