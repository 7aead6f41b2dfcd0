"""The events that tell what happened here."""

from typing import Literal

from kit import clock, events
from kit.events import Event
from kit.events.partner_events import (
    ApiKeyIssued,
    ApiKeyReplaced,
    ApiKeyRevoked,
    ApplicationChanged,
    ApplicationRegistered,
    EndpointChanged,
    EndpointDisabled,
    EndpointRegistered,
    EndpointRemoved,
)
from partners.model.application import Application
from partners.model.key import Key, KeyId
from partners.model.webhook import Endpoint


def application_registered(one: Application) -> Event[ApplicationRegistered]:
    """Tell that ``one`` is there."""
    fact = ApplicationRegistered(application_id=one.id, owner=one.owner, registered_at=one.created_at)
    return events.new(fact, subject=one.id, version=one.version)


def application_changed(one: Application, by: str) -> Event[ApplicationChanged]:
    """Tell the state of ``one`` after ``by`` changed it."""
    fact = ApplicationChanged(
        application_id=one.id,
        owner=one.owner,
        active=one.active,
        suspended=one.suspended,
        tier=one.tier,
        changed_by=by,
        changed_at=one.updated_at,
    )
    return events.new(fact, subject=one.id, version=one.version)


def key_issued(one: Key, replaces: KeyId | None = None) -> Event[ApiKeyIssued]:
    """Tell that ``one`` may be used."""
    fact = ApiKeyIssued(
        key_id=one.id,
        application_id=one.application_id,
        owner=one.owner,
        scopes=one.scopes,
        restricted=bool(one.networks),
        replaces=replaces,
        expires_at=one.expires_at,
        issued_at=one.created_at,
    )
    return events.new(fact, subject=one.id, version=one.version)


def key_replaced(one: Key) -> Event[ApiKeyReplaced]:
    """Tell that ``one`` has a successor."""
    assert one.replaced_by is not None
    fact = ApiKeyReplaced(
        key_id=one.id,
        application_id=one.application_id,
        owner=one.owner,
        replaced_by=one.replaced_by,
        expires_at=one.expires_at,
        replaced_at=clock.now(),
    )
    return events.new(fact, subject=one.id, version=one.version)


def key_revoked(one: Key) -> Event[ApiKeyRevoked]:
    """Tell that ``one`` opens nothing any more."""
    assert one.revoked_at is not None
    fact = ApiKeyRevoked(
        key_id=one.id, application_id=one.application_id, owner=one.owner, revoked_at=one.revoked_at
    )
    return events.new(fact, subject=one.id, version=one.version)


def endpoint_registered(one: Endpoint) -> Event[EndpointRegistered]:
    """Tell that ``one`` is there."""
    fact = EndpointRegistered(
        endpoint_id=one.id,
        application_id=one.application_id,
        owner=one.owner,
        types=one.types,
        registered_at=one.created_at,
    )
    return events.new(fact, subject=one.id, version=one.version)


def endpoint_changed(one: Endpoint) -> Event[EndpointChanged]:
    """Tell the state of ``one`` after its owner changed it."""
    fact = EndpointChanged(
        endpoint_id=one.id,
        application_id=one.application_id,
        owner=one.owner,
        types=one.types,
        active=one.active,
        changed_at=one.updated_at,
    )
    return events.new(fact, subject=one.id, version=one.version)


def endpoint_disabled(one: Endpoint, reason: Literal["failing", "gone"]) -> Event[EndpointDisabled]:
    """Tell that ``one`` gets nothing any more."""
    fact = EndpointDisabled(
        endpoint_id=one.id,
        application_id=one.application_id,
        owner=one.owner,
        reason=reason,
        failing_since=one.failing_since or one.updated_at,
        disabled_at=one.updated_at,
    )
    return events.new(fact, subject=one.id, version=one.version)


def endpoint_removed(one: Endpoint) -> Event[EndpointRemoved]:
    """Tell that ``one`` is gone."""
    fact = EndpointRemoved(
        endpoint_id=one.id, application_id=one.application_id, owner=one.owner, removed_at=clock.now()
    )
    return events.new(fact, subject=one.id, version=one.version + 1)
