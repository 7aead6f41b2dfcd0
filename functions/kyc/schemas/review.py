"""What the staff sees and decides. Personal data only in a dossier and a document, which are asked for."""

from base64 import b64encode
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from kit.http import Body, PageQuery, View
from kyc.model.application import Application, Outcome, Step
from kyc.model.decision import Decision, DecisionKind, Verdict
from kyc.model.details import Details
from kyc.model.document import ContentType, Document, DocumentState
from kyc.model.states import State
from kyc.model.tier import DocumentKind, Redo, Tier, Wanted
from kyc.service.reviewing import Proposal

_Words = Annotated[str, Field(min_length=3, max_length=500)]


class ReasonIn(Body):
    """Why somebody looks at, or does, what only staff may."""

    reason: _Words


class ProposalIn(ReasonIn):
    """How it should end; a checker decides."""

    outcome: Outcome
    redo: tuple[Redo, ...] = Field(
        default=(), max_length=5, description="What the applicant does again, where it is returned"
    )

    def proposal(self) -> Proposal:
        """Return it for the use case."""
        return Proposal(self.outcome, self.reason, tuple(dict.fromkeys(self.redo)))


class CheckIn(ReasonIn):
    """Whether it ends as proposed; else it is reviewed anew."""

    agree: bool


class AppointmentIn(Body):
    """When the officer who asks will see the person, within two weeks."""

    at: AwareDatetime


class VideoIn(ReasonIn):
    """Whether the person on the video is the one of the documents."""

    confirmed: bool


class QueueQuery(PageQuery):
    """Which of the three queues."""

    state: Literal["in_review", "in_check", "video_wanted"] = "in_review"


class StepView(View):
    """A step of the checks that is done."""

    step: Step
    at: datetime


class DecisionView(View):
    """What was decided, by whom and why."""

    at: datetime
    round: int
    by: str
    kind: DecisionKind
    verdict: Verdict
    policy_version: str
    score: int | None
    reasons: tuple[str, ...]
    note: str | None


class CaseView(View):
    """An application as the staff sees it, without personal data; ``due_by``: reviewed by then."""

    id: str
    user_id: str
    wanted: Wanted
    state: State
    round: int
    opened_at: datetime
    changed_at: datetime
    due_by: datetime
    score: int | None
    reasons: tuple[str, ...]
    steps: tuple[StepView, ...]
    maker: str | None
    taken_at: datetime | None
    proposal: Outcome | None
    redo: tuple[Redo, ...]
    checker: str | None
    appointment: datetime | None
    officer: str | None
    tier: Tier
    valid_until: datetime | None
    policy_version: str
    version: int

    @classmethod
    def of(cls, one: Application, due_by: datetime) -> "CaseView":
        """Return what is shown of ``one``."""
        names = cls.model_fields.keys() - {"user_id", "due_by", "steps"}
        return cls(
            **{name: getattr(one, name) for name in names},
            user_id=one.person,
            due_by=due_by,
            steps=tuple(StepView.model_validate(step) for step in one.steps),
        )


class HistoryView(View):
    """Every decision, the oldest first."""

    items: tuple[DecisionView, ...]

    @classmethod
    def of(cls, decisions: list[Decision]) -> "HistoryView":
        """Return what is shown of ``decisions``."""
        return cls(items=tuple(DecisionView.model_validate(one) for one in decisions))


class DetailsView(View):
    """What a person said of themselves."""

    name: str
    born: date
    pan: str
    aadhaar_last4: str
    email: str


class FileView(View):
    """A document in the list; ``sha256`` of the bytes as they came."""

    id: str
    kind: DocumentKind
    content_type: ContentType
    state: DocumentState
    offered_at: datetime
    size: int | None
    sha256: str | None
    reason: str | None


class DossierView(View):
    """Details and documents of an application; ``details`` null: never given, or forgotten."""

    details: DetailsView | None
    documents: tuple[FileView, ...]

    @classmethod
    def of(cls, details: Details | None, documents: list[Document]) -> "DossierView":
        """Return what is shown of both."""
        return cls(
            details=DetailsView.model_validate(details) if details else None,
            documents=tuple(FileView.model_validate(one) for one in documents),
        )


class ContentView(View):
    """A document's bytes, base64."""

    content_type: ContentType
    content: str

    @classmethod
    def of(cls, document: Document, content: bytes) -> "ContentView":
        """Return what is shown of both."""
        return cls(content_type=document.content_type, content=b64encode(content).decode())
