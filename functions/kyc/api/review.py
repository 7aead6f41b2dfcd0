"""The staff's side: the queue, maker and checker, video, and personal data on request. All for compliance."""

from datetime import datetime
from uuid import UUID

from kit.errors import PreconditionFailed
from kit.http import REQUIRED, Page, Rate, Reply, Request, Routes, role
from kit.http.etag import of_version
from kit.pagination import decode_cursor, encode_cursor
from kyc import bootstrap
from kyc.errors import (
    ApplicationNotFound,
    DocumentNotFound,
    SecondPersonRequired,
    StateRefused,
    TakenBySomebodyElse,
)
from kyc.model.application import Application, ApplicationId
from kyc.model.document import DocumentId
from kyc.schemas.review import (
    AppointmentIn,
    CaseView,
    CheckIn,
    ContentView,
    DossierView,
    HistoryView,
    ProposalIn,
    QueueQuery,
    ReasonIn,
    VideoIn,
)

routes = Routes()
_STAFF = role("compliance")
_ACTING = (ApplicationNotFound, StateRefused, SecondPersonRequired, TakenBySomebodyElse, PreconditionFailed)


@routes.get(
    "/kyc/applications",
    summary="What waits for the staff, the longest waiting first",
    query=QueueQuery,
    reply=Page[CaseView],
    access=_STAFF,
)
def list_kyc_applications(request: Request) -> Page[CaseView]:
    """List a page of a queue."""
    asked: QueueQuery = request.query
    reviewing = bootstrap.api.reviewing()
    found = reviewing.queue(asked.state, _after(asked.cursor), asked.limit + 1)
    shown = found[: asked.limit]
    more = encode_cursor((shown[-1].changed_at, shown[-1].id)) if len(found) > asked.limit else None
    return Page[CaseView](items=tuple(_case(one) for one in shown), next_cursor=more)


@routes.get(
    "/kyc/applications/{id}",
    summary="An application without personal data",
    reply=CaseView,
    access=_STAFF,
    errors=(ApplicationNotFound,),
    etag=True,
)
def get_kyc_application(request: Request) -> Reply:
    """Read any."""
    return _reply(bootstrap.api.reviewing().find(_id(request)))


@routes.get(
    "/kyc/applications/{id}/decisions",
    summary="Every decision about an application, the oldest first",
    reply=HistoryView,
    access=_STAFF,
    errors=(ApplicationNotFound,),
)
def list_kyc_decisions(request: Request) -> HistoryView:
    """Read its history."""
    reviewing = bootstrap.api.reviewing()
    return HistoryView.of(reviewing.history(reviewing.find(_id(request)).id))


@routes.post(
    "/kyc/applications/{id}/dossier",
    summary="See who somebody is: recorded, with the reason",
    body=ReasonIn,
    reply=DossierView,
    access=_STAFF,
    rate=Rate(120, 3600, "kyc-dossiers", strict=True),
    errors=(ApplicationNotFound, SecondPersonRequired),
)
def open_kyc_dossier(request: Request) -> DossierView:
    """Record, then show."""
    body: ReasonIn = request.body
    by = bootstrap.api.witness().actor(request)
    return DossierView.of(*bootstrap.api.disclosing().details(_id(request), by, body.reason))


@routes.post(
    "/kyc/applications/{id}/documents/{document_id}/content",
    summary="See a document: recorded, with the reason",
    body=ReasonIn,
    reply=ContentView,
    access=_STAFF,
    rate=Rate(240, 3600, "kyc-contents", strict=True),
    errors=(ApplicationNotFound, DocumentNotFound, SecondPersonRequired),
)
def open_kyc_document(request: Request) -> ContentView:
    """Record, then decrypt and show."""
    body: ReasonIn = request.body
    by, document = bootstrap.api.witness().actor(request), DocumentId(request.path["document_id"])
    return ContentView.of(*bootstrap.api.disclosing().document(_id(request), document, by, body.reason))


@routes.post(
    "/kyc/applications/{id}/take",
    summary="Take an application into one's hands for half an hour, as its maker",
    reply=CaseView,
    access=_STAFF,
    errors=_ACTING,
    etag=True,
)
def take_kyc_application(request: Request) -> Reply:
    """Take the version that ``If-Match`` names."""
    by = bootstrap.api.witness().actor(request)
    return _reply(bootstrap.api.reviewing().take(_id(request), by, request.expected_version()))


@routes.post(
    "/kyc/applications/{id}/proposal",
    summary="Propose, as the maker, how it ends",
    body=ProposalIn,
    reply=CaseView,
    access=_STAFF,
    idempotency=REQUIRED,
    errors=_ACTING,
    etag=True,
)
def propose_kyc_outcome(request: Request) -> Reply:
    """Propose about the version that ``If-Match`` names."""
    body: ProposalIn = request.body
    by, version = bootstrap.api.witness().actor(request), request.expected_version()
    return _reply(bootstrap.api.reviewing().propose(_id(request), by, version, body.proposal()))


@routes.post(
    "/kyc/applications/{id}/check",
    summary="Decide, as somebody other than the maker: as proposed, or review it anew",
    body=CheckIn,
    reply=CaseView,
    access=_STAFF,
    idempotency=REQUIRED,
    errors=_ACTING,
    etag=True,
)
def check_kyc_proposal(request: Request) -> Reply:
    """Decide about the version that ``If-Match`` names."""
    body: CheckIn = request.body
    by, version = bootstrap.api.witness().actor(request), request.expected_version()
    reviewing = bootstrap.api.reviewing()
    return _reply(reviewing.check(_id(request), by, version, agree=body.agree, note=body.reason))


@routes.put(
    "/kyc/applications/{id}/appointment",
    summary="Appoint a video call with oneself; the person is told",
    body=AppointmentIn,
    reply=CaseView,
    access=_STAFF,
    errors=_ACTING,
    etag=True,
)
def put_kyc_appointment(request: Request) -> Reply:
    """Appoint in the version that ``If-Match`` names."""
    body: AppointmentIn = request.body
    by, version = bootstrap.api.witness().actor(request), request.expected_version()
    return _reply(bootstrap.api.reviewing().appoint(_id(request), by, version, body.at))


@routes.post(
    "/kyc/applications/{id}/video",
    summary="Keep what the video call showed, as its officer; then it is reviewed",
    body=VideoIn,
    reply=CaseView,
    access=_STAFF,
    idempotency=REQUIRED,
    errors=_ACTING,
    etag=True,
)
def record_kyc_video(request: Request) -> Reply:
    """Record it in the version that ``If-Match`` names."""
    body: VideoIn = request.body
    by, version = bootstrap.api.witness().actor(request), request.expected_version()
    reviewing = bootstrap.api.reviewing()
    return _reply(reviewing.see(_id(request), by, version, confirmed=body.confirmed, note=body.reason))


def _id(request: Request) -> ApplicationId:
    return ApplicationId(request.path["id"])


def _case(one: Application) -> CaseView:
    return CaseView.of(one, bootstrap.api.reviewing().due_by(one))


def _reply(one: Application) -> Reply:
    return Reply(_case(one), etag=of_version(one.version))


def _after(cursor: str | None) -> tuple[datetime, ApplicationId] | None:
    if cursor is None:
        return None
    at, application_id = decode_cursor(cursor, tuple[datetime, UUID])
    return at, ApplicationId(str(application_id))
