"""Applications: their owners', and what administrators decide."""

from kit.errors import PreconditionFailed
from kit.http import Reply, Request, Routes, role, signed_in
from kit.http.etag import of_version
from partners import bootstrap
from partners.api.answers import CHANGES, application, owner
from partners.errors import ApplicationUnknown, NameTaken, TooMany
from partners.model.application import Application
from partners.schemas.applications import (
    ApplicationChange,
    ApplicationIn,
    ApplicationsView,
    ApplicationView,
    TermsIn,
)

routes = Routes()


@routes.post(
    "/partners/applications",
    summary="Register an application",
    body=ApplicationIn,
    reply=ApplicationView,
    status=201,
    access=signed_in(),
    rate=CHANGES,
    errors=(NameTaken, TooMany),
    etag=True,
)
def register_application(request: Request) -> Reply:
    """Register one's own; a second try of the same name is refused."""
    body: ApplicationIn = request.body
    keeping = bootstrap.api.applications()
    return _reply(keeping.register(owner(request), request.user.plan, body.name, body.contact))


@routes.get(
    "/partners/applications",
    summary="Your applications",
    reply=ApplicationsView,
    access=signed_in(),
)
def list_applications(request: Request) -> ApplicationsView:
    """List one's own."""
    found = bootstrap.api.applications().list(owner(request))
    return ApplicationsView(items=tuple(_view(one) for one in found))


@routes.get(
    "/partners/applications/{id}",
    summary="Read an application",
    reply=ApplicationView,
    access=signed_in(),
    errors=(ApplicationUnknown,),
    etag=True,
)
def get_application(request: Request) -> Reply:
    """Read one's own."""
    return _reply(bootstrap.api.applications().read(owner(request), application(request)))


@routes.patch(
    "/partners/applications/{id}",
    summary="Rename an application, disable or enable it; once answered, a disabled one's keys open nothing",
    body=ApplicationChange,
    reply=ApplicationView,
    access=signed_in(),
    rate=CHANGES,
    errors=(ApplicationUnknown, NameTaken, PreconditionFailed),
    etag=True,
)
def change_application(request: Request) -> Reply:
    """Change one's own."""
    body: ApplicationChange = request.body
    changed = bootstrap.api.applications().change(
        owner(request), application(request), request.expected_version(), name=body.name, active=body.active
    )
    return _reply(changed)


@routes.put(
    "/partners/applications/{id}/terms",
    summary="Give an application the plan of an agreement, suspend it, or end either",
    body=TermsIn,
    reply=ApplicationView,
    access=role("admin"),
    errors=(ApplicationUnknown, PreconditionFailed),
    etag=True,
)
def put_application_terms(request: Request) -> Reply:
    """Decide of anybody's; the contact is not shown."""
    body: TermsIn = request.body
    by = bootstrap.api.witness().actor(request)
    decided = bootstrap.api.applications().decide(
        application(request), body.tier, by, suspended=body.suspended
    )
    return Reply(ApplicationView.of(decided, None), etag=of_version(decided.version))


def _view(one: Application) -> ApplicationView:
    return ApplicationView.of(one, bootstrap.api.applications().contact_of(one))


def _reply(one: Application) -> Reply:
    return Reply(_view(one), etag=of_version(one.version))
