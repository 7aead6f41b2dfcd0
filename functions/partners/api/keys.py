"""API keys of an application."""

from datetime import timedelta

from kit import clock
from kit.errors import Conflict
from kit.http import Request, Routes, signed_in
from partners import bootstrap
from partners.api.answers import CHANGES, application, owner
from partners.errors import (
    ApplicationClosed,
    ApplicationUnknown,
    KeyEnded,
    KeyUnknown,
    NameTaken,
    NetworkRefused,
    TooMany,
)
from partners.model.key import KeyId
from partners.schemas.applications import IssuedKeyView, KeyIn, KeysView, KeyView, RotationIn
from partners.service.keys import Issued, KeyTerms

routes = Routes()


@routes.post(
    "/partners/applications/{id}/keys",
    summary="Issue an API key; it is shown this once",
    body=KeyIn,
    reply=IssuedKeyView,
    status=201,
    access=signed_in().with_step_up(),
    rate=CHANGES,
    errors=(ApplicationUnknown, ApplicationClosed, NetworkRefused, NameTaken, TooMany),
)
def issue_key(request: Request) -> IssuedKeyView:
    """Issue one; when the answer was lost its name is taken: revoke it, and issue another."""
    body: KeyIn = request.body
    terms = KeyTerms(body.name, body.scopes, body.networks, timedelta(days=body.expires_in_days))
    return _issued(bootstrap.api.keys().issue(owner(request), application(request), terms))


@routes.get(
    "/partners/applications/{id}/keys",
    summary="The API keys of an application, the newest first",
    reply=KeysView,
    access=signed_in(),
    errors=(ApplicationUnknown,),
)
def list_keys(request: Request) -> KeysView:
    """List, without secrets."""
    found, now = bootstrap.api.keys().list(owner(request), application(request)), clock.now()
    return KeysView(items=tuple(KeyView.of(one, now) for one in found))


@routes.post(
    "/partners/applications/{id}/keys/{key_id}/rotation",
    summary="Issue a successor that may do the same; the old key stays good for a while beside it",
    body=RotationIn,
    reply=IssuedKeyView,
    status=201,
    access=signed_in().with_step_up(),
    rate=CHANGES,
    errors=(ApplicationUnknown, ApplicationClosed, KeyUnknown, KeyEnded),
)
def rotate_key(request: Request) -> IssuedKeyView:
    """Rotate; a key has one successor, and a lost one is mended by rotating it in turn."""
    body: RotationIn = request.body
    overlap = timedelta(hours=body.overlap_hours)
    return _issued(
        bootstrap.api.keys().rotate(
            owner(request), application(request), KeyId(request.path["key_id"]), overlap
        )
    )


@routes.delete(
    "/partners/applications/{id}/keys/{key_id}",
    summary="Revoke an API key: once answered, it opens nothing",
    status=204,
    access=signed_in(),
    errors=(KeyUnknown, Conflict),
)
def revoke_key(request: Request) -> None:
    """Revoke; doing it again is allowed."""
    bootstrap.api.keys().revoke(owner(request), application(request), KeyId(request.path["key_id"]))


def _issued(made: Issued) -> IssuedKeyView:
    shown = KeyView.of(made.key, clock.now()).model_dump()
    return IssuedKeyView(**shown, key=made.credential)
