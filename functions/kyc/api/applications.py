"""One's own identity check: look, begin, say who one is, upload, submit."""

from kit import clock
from kit.errors import PreconditionFailed
from kit.http import OPTIONAL, Rate, Reply, Request, Routes, signed_in
from kit.http.etag import of_version
from kyc import bootstrap
from kyc.errors import (
    AlreadyVerified,
    ApplicationNotFound,
    Incomplete,
    NumberRefused,
    StateRefused,
    TooManyDocuments,
    TooSoon,
)
from kyc.model.application import Application, ApplicationId
from kyc.model.tier import PersonId
from kyc.schemas.applications import (
    ApplicationView,
    BeginIn,
    DetailsIn,
    DocumentIn,
    KycView,
    UploadView,
)

routes = Routes()
_OWN = (ApplicationNotFound, StateRefused, PreconditionFailed)


@routes.get(
    "/kyc", summary="Where you stand: tier, limit, and what to do next", reply=KycView, access=signed_in()
)
def get_kyc(request: Request) -> KycView:
    """Show the caller's own."""
    return KycView.of(bootstrap.api.applying().overview(_person(request)), clock.now())


@routes.post(
    "/kyc/applications",
    summary="Begin to be verified for a tier, or go on with what was begun",
    body=BeginIn,
    reply=ApplicationView,
    status=201,
    access=signed_in(),
    rate=Rate(20, 3600, "kyc-begin"),
    errors=(AlreadyVerified, TooSoon, StateRefused, PreconditionFailed),
    etag=True,
)
def begin_kyc_application(request: Request) -> Reply:
    """Begin, or answer 200 with the open application; beginning twice is beginning once."""
    body: BeginIn = request.body
    one, new = bootstrap.api.applying().begin(_person(request), body.tier)
    return _reply(one, 201 if new else 200)


@routes.put(
    "/kyc/applications/{id}/details",
    summary="Say who you are; of the Aadhaar number only the last four digits and a reference are kept",
    body=DetailsIn,
    reply=ApplicationView,
    access=signed_in(),
    rate=Rate(10, 3600, "kyc-details", strict=True),
    errors=(*_OWN, NumberRefused),
    etag=True,
)
def put_kyc_details(request: Request) -> Reply:
    """Keep them, sealed, in the version that ``If-Match`` names."""
    body: DetailsIn = request.body
    applying = bootstrap.api.applying()
    return _reply(applying.say(_id(request), _person(request), request.expected_version(), body.said()))


@routes.post(
    "/kyc/applications/{id}/documents",
    summary="Offer a document: the answer is a form to upload it with, for ten minutes",
    body=DocumentIn,
    reply=UploadView,
    status=201,
    access=signed_in(),
    rate=Rate(30, 3600, "kyc-documents"),
    errors=(ApplicationNotFound, StateRefused, TooManyDocuments),
)
def offer_kyc_document(request: Request) -> UploadView:
    """Sign a form for this type and at most 4 MB."""
    body: DocumentIn = request.body
    made = bootstrap.api.applying().offer(_id(request), _person(request), body.kind, body.content_type)
    return UploadView.of(*made)


@routes.post(
    "/kyc/applications/{id}/submission",
    summary="Hand it in: the checks begin",
    reply=ApplicationView,
    access=signed_in(),
    idempotency=OPTIONAL,
    rate=Rate(10, 3600, "kyc-submit"),
    errors=(*_OWN, Incomplete),
    etag=True,
)
def submit_kyc_application(request: Request) -> Reply:
    """Submit the version that ``If-Match`` names."""
    applying = bootstrap.api.applying()
    return _reply(applying.submit(_id(request), _person(request), request.expected_version()))


def _person(request: Request) -> PersonId:
    return PersonId(request.user.subject)


def _id(request: Request) -> ApplicationId:
    return ApplicationId(request.path["id"])


def _reply(one: Application, status: int = 200) -> Reply:
    return Reply(ApplicationView.of(one), status=status, etag=of_version(one.version))
