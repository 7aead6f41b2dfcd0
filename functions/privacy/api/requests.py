"""One's own: a copy of everything, and that it is erased."""

from kit.http import REQUIRED, Rate, Request, Routes, signed_in
from privacy import bootstrap
from privacy.errors import (
    ErasureBegun,
    ErasureNotFound,
    ErasureOpen,
    ExportNotFound,
    ExportOpen,
    ExportTooSoon,
    StillEngaged,
)
from privacy.model.erasure import Erasure, ErasureId
from privacy.model.export import Export, ExportId, PersonId
from privacy.schemas.requests import ErasureView, ExportView, PrivacyView

routes = Routes()
_CONFIRMED = signed_in().with_step_up()
_RATE = Rate(20, 3600, "privacy-requests")


@routes.get(
    "/privacy",
    summary="Your newest export and erasure",
    reply=PrivacyView,
    access=signed_in(),
)
def get_privacy(request: Request) -> PrivacyView:
    """Show the caller's own."""
    export = bootstrap.api.exporting().newest(_person(request))
    erasure = bootstrap.api.erasing().newest(_person(request))
    return PrivacyView(
        export=_export(export) if export else None, erasure=_erasure(erasure) if erasure else None
    )


@routes.post(
    "/privacy/exports",
    summary="Ask for a copy of all that is held about you; a letter says when it is ready",
    reply=ExportView,
    status=202,
    access=_CONFIRMED,
    idempotency=REQUIRED,
    rate=_RATE,
    errors=(ExportOpen, ExportTooSoon, ErasureBegun),
)
def request_export(request: Request) -> ExportView:
    """Ask every domain."""
    return _export(bootstrap.api.exporting().request(_person(request)))


@routes.get(
    "/privacy/exports/{id}",
    summary="How far it is; once it is ready, an address to fetch it from for five minutes",
    reply=ExportView,
    access=signed_in(),
    errors=(ExportNotFound,),
)
def get_export(request: Request) -> ExportView:
    """Read one's own."""
    return _export(bootstrap.api.exporting().find(ExportId(request.path["id"]), _person(request)))


@routes.post(
    "/privacy/erasures",
    summary="Ask to be erased in 48 hours: says what goes, what stays and why",
    reply=ErasureView,
    status=202,
    access=_CONFIRMED,
    idempotency=REQUIRED,
    rate=_RATE,
    errors=(ErasureOpen, StillEngaged),
)
def request_erasure(request: Request) -> ErasureView:
    """Plan it."""
    return _erasure(bootstrap.api.erasing().request(_person(request)))


@routes.get(
    "/privacy/erasures/{id}",
    summary="Where your erasure stands",
    reply=ErasureView,
    access=signed_in(),
    errors=(ErasureNotFound,),
)
def get_erasure(request: Request) -> ErasureView:
    """Read one's own."""
    return _erasure(bootstrap.api.erasing().find(ErasureId(request.path["id"]), _person(request)))


@routes.delete(
    "/privacy/erasures/{id}",
    summary="Take it back, until it begins",
    reply=ErasureView,
    access=signed_in(),
    rate=_RATE,
    errors=(ErasureNotFound, ErasureBegun),
)
def cancel_erasure(request: Request) -> ErasureView:
    """Cancel one's own; twice is once."""
    return _erasure(bootstrap.api.erasing().cancel(ErasureId(request.path["id"]), _person(request)))


def _person(request: Request) -> PersonId:
    return PersonId(request.user.subject)


def _export(one: Export) -> ExportView:
    exporting = bootstrap.api.exporting()
    return ExportView.of(one, exporting.missing(one), exporting.link(one))


def _erasure(one: Erasure) -> ErasureView:
    return ErasureView.of(one, bootstrap.api.erasing().answers(one))
