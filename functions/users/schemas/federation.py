"""Signing in with an identity of a provider, and the identities of an account."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from kit.http import Body, View
from users.model import ID_TOKEN_CHARS
from users.schemas.fields import DeviceSecret, Line

IdToken = Annotated[
    str,
    Field(
        max_length=ID_TOKEN_CHARS,
        pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$",
        description="Issued to one of our apps at most five minutes ago, and not used before",
    ),
]


class SignInRequestView(View):
    """A sign-in that was begun: open `authorize_url`, keep `handle` where only this client finds it."""

    authorize_url: str
    handle: str = Field(description="To be given back with the answer, once, until `expires_at`")
    expires_at: datetime


class SignInAnswerBody(Body):
    """What the provider gave to the address of return, and the handle this client kept."""

    handle: str = Field(pattern=r"^[A-Za-z0-9_-]{43}\.[0-9]{10}$")
    state: str = Field(pattern=r"^[A-Za-z0-9_-]{43}$")
    code: str = Field(min_length=1, max_length=2048, pattern=r"^[\x21-\x7e]+$")
    device_id: DeviceSecret | None = None
    device_name: Line = ""


class IdTokenBody(Body):
    """An ID token in exchange for a session. ``device_id`` is kept by the client, as at a sign-in."""

    id_token: IdToken
    device_id: DeviceSecret | None = None
    device_name: Line = ""


class IdentityBody(Body):
    """An ID token of the identity that is to sign in to your account."""

    id_token: IdToken


class IdentityView(View):
    """An identity of a provider."""

    id: str
    issuer: str
    linked_at: datetime


class IdentitiesView(View):
    """Identities that sign in to your account, the first linked first."""

    items: tuple[IdentityView, ...]
