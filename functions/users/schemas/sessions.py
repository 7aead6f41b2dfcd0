"""Signing in, refreshing, devices, and the keys that vouch for tokens."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from kit.http import Body, View
from users.schemas.fields import Addressed, DeviceSecret, Line, Password


class LoginBody(Addressed):
    """A sign-in. ``device_id`` is kept by the client and sent again with each refresh."""

    password: Password
    device_id: DeviceSecret | None = None
    device_name: Line = ""


class RefreshBody(Body):
    """A refresh token given back from its device."""

    refresh_token: str = Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")
    device_id: str = Field(min_length=1, max_length=64)


class GrantView(View):
    """Tokens of a session (RFC 6749 names)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme
    expires_in: int
    refresh_token: str
    refresh_expires_at: datetime
    device_id: str


class DeviceView(View):
    """A signed-in device."""

    id: str
    name: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


class DevicesView(View):
    """Devices that are signed in, the last seen first."""

    items: tuple[DeviceView, ...]


class JwksView(View):
    """Public keys (RFC 7517)."""

    keys: tuple[dict[str, Any], ...]
