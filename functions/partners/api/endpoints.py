"""Webhook endpoints of an application."""

from datetime import timedelta

from kit.errors import Conflict, PreconditionFailed
from kit.http import Reply, Request, Routes, signed_in
from kit.http.etag import of_version
from partners import bootstrap
from partners.api.answers import CHANGES, application, owner
from partners.errors import (
    AddressTaken,
    ApplicationClosed,
    ApplicationUnknown,
    EndpointUnknown,
    TargetRefused,
    TooMany,
)
from partners.model.webhook import Endpoint, EndpointId
from partners.schemas.webhooks import (
    EndpointChange,
    EndpointIn,
    EndpointSecretView,
    EndpointsView,
    EndpointView,
    SecretRotationIn,
)

routes = Routes()


@routes.post(
    "/partners/applications/{id}/endpoints",
    summary="Register a webhook endpoint; its signing secret is shown this once",
    body=EndpointIn,
    reply=EndpointSecretView,
    status=201,
    access=signed_in(),
    rate=CHANGES,
    errors=(ApplicationUnknown, ApplicationClosed, TargetRefused, AddressTaken, TooMany),
    etag=True,
)
def register_endpoint(request: Request) -> Reply:
    """Register one; a lost answer is mended by rotating the secret."""
    body: EndpointIn = request.body
    made, secret = bootstrap.api.endpoints().register(
        owner(request), application(request), body.url, body.types
    )
    return _with_secret(made, secret)


@routes.get(
    "/partners/applications/{id}/endpoints",
    summary="The webhook endpoints of an application",
    reply=EndpointsView,
    access=signed_in(),
    errors=(ApplicationUnknown,),
)
def list_endpoints(request: Request) -> EndpointsView:
    """List one's own."""
    found = bootstrap.api.endpoints().list(owner(request), application(request))
    return EndpointsView(items=tuple(EndpointView.of(one) for one in found))


@routes.get(
    "/partners/endpoints/{id}",
    summary="Read a webhook endpoint",
    reply=EndpointView,
    access=signed_in(),
    errors=(EndpointUnknown,),
    etag=True,
)
def get_endpoint(request: Request) -> Reply:
    """Read one's own."""
    return _reply(bootstrap.api.endpoints().read(owner(request), _endpoint(request)))


@routes.patch(
    "/partners/endpoints/{id}",
    summary="Change where to, what, or whether anything is sent",
    body=EndpointChange,
    reply=EndpointView,
    access=signed_in(),
    rate=CHANGES,
    errors=(EndpointUnknown, PreconditionFailed, TargetRefused, AddressTaken),
    etag=True,
)
def change_endpoint(request: Request) -> Reply:
    """Change one's own."""
    body: EndpointChange = request.body
    changed = bootstrap.api.endpoints().change(
        owner(request),
        _endpoint(request),
        request.expected_version(),
        url=body.url,
        types=body.types,
        active=body.active,
    )
    return _reply(changed)


@routes.post(
    "/partners/endpoints/{id}/secret",
    summary="Make a new signing secret; for a while messages are signed with both",
    body=SecretRotationIn,
    reply=EndpointSecretView,
    access=signed_in(),
    rate=CHANGES,
    errors=(EndpointUnknown, Conflict),
    etag=True,
)
def rotate_endpoint_secret(request: Request) -> Reply:
    """Rotate; a lost answer is mended by doing it again."""
    body: SecretRotationIn = request.body
    overlap = timedelta(hours=body.overlap_hours)
    changed, secret = bootstrap.api.endpoints().rotate_secret(owner(request), _endpoint(request), overlap)
    return _with_secret(changed, secret)


@routes.delete(
    "/partners/endpoints/{id}",
    summary="Remove a webhook endpoint and its log",
    status=204,
    access=signed_in(),
    errors=(EndpointUnknown, Conflict),
)
def remove_endpoint(request: Request) -> None:
    """Remove one's own."""
    bootstrap.api.endpoints().remove(owner(request), _endpoint(request))


def _endpoint(request: Request) -> EndpointId:
    return EndpointId(request.path["id"])


def _reply(one: Endpoint) -> Reply:
    return Reply(EndpointView.of(one), etag=of_version(one.version))


def _with_secret(one: Endpoint, secret: str) -> Reply:
    shown = EndpointView.of(one).model_dump()
    return Reply(EndpointSecretView(**shown, secret=secret), etag=of_version(one.version))
