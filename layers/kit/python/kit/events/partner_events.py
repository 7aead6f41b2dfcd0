"""Topic ``partner-events``: applications, API keys and webhook endpoints; never a secret or an address.

Key and subject: the id of the application, the key or the endpoint.
"""

from typing import Annotated, ClassVar, Literal

import msgspec

from kit.events import Data, Moment

Texts = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class _Partner(Data, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "partner-events"
    SOURCE: ClassVar[str] = "/treum/partners"

    application_id: str
    owner: str


class ApplicationRegistered(_Partner, frozen=True, kw_only=True):
    """A person registered an application."""

    TYPE: ClassVar[str] = "application.registered"

    registered_at: Moment


class ApplicationChanged(_Partner, frozen=True, kw_only=True):
    """The whole state from now on: nothing of an application works unless it is active and not suspended.

    ``tier`` is the plan of an agreement, None: the owner's own.
    """

    TYPE: ClassVar[str] = "application.changed"

    active: bool
    suspended: bool
    tier: str | None
    changed_by: str
    changed_at: Moment


class _Key(_Partner, frozen=True, kw_only=True):
    key_id: str


class ApiKeyIssued(_Key, frozen=True, kw_only=True):
    """A key may be used; ``replaces`` the one it was rotated from; ``restricted`` to an allow-list."""

    TYPE: ClassVar[str] = "api_key.issued"

    scopes: Texts
    restricted: bool
    replaces: str | None
    expires_at: Moment
    issued_at: Moment


class ApiKeyReplaced(_Key, frozen=True, kw_only=True):
    """The key has a successor and is good until ``expires_at``."""

    TYPE: ClassVar[str] = "api_key.replaced"

    replaced_by: str
    expires_at: Moment
    replaced_at: Moment


class ApiKeyRevoked(_Key, frozen=True, kw_only=True):
    """The key opens nothing from now on."""

    TYPE: ClassVar[str] = "api_key.revoked"

    revoked_at: Moment


class _Endpoint(_Partner, frozen=True, kw_only=True):
    endpoint_id: str


class EndpointRegistered(_Endpoint, frozen=True, kw_only=True):
    """Events of ``types`` are sent to an address from now on."""

    TYPE: ClassVar[str] = "endpoint.registered"

    types: Texts
    registered_at: Moment


class EndpointChanged(_Endpoint, frozen=True, kw_only=True):
    """The owner changed it: which ``types`` it gets, whether it is ``active``, where to, or its secret."""

    TYPE: ClassVar[str] = "endpoint.changed"

    types: Texts
    active: bool
    changed_at: Moment


class EndpointDisabled(_Endpoint, frozen=True, kw_only=True):
    """Nothing is sent any more: it failed for five days (``failing``), or said that it is ``gone``."""

    TYPE: ClassVar[str] = "endpoint.disabled"

    reason: Literal["failing", "gone"]
    failing_since: Moment
    disabled_at: Moment


class EndpointRemoved(_Endpoint, frozen=True, kw_only=True):
    """The owner removed it, with its log."""

    TYPE: ClassVar[str] = "endpoint.removed"

    removed_at: Moment
