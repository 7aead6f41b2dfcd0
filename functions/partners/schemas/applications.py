"""Applications, their keys, and usage."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from kit.http import Body, View
from partners.model.application import Application
from partners.model.key import LONGEST_LIFE_DAYS, LONGEST_OVERLAP_HOURS, Key
from partners.model.network import MOST_NETWORKS
from partners.model.scope import SCOPES, Scope
from partners.schemas.fields import Email, Moment, Name

_LONGEST_PERIOD = timedelta(days=31)


class ApplicationIn(Body):
    """A new application. ``contact`` is told when one of its endpoints is disabled."""

    name: Name
    contact: Email | None = None


class ApplicationChange(Body):
    """What changes; what is left out stays."""

    name: Name | None = None
    active: bool | None = None


class TermsIn(Body):
    """What an administrator decides: the plan of an agreement (null: the owner's own), and suspension."""

    tier: Literal["partner"] | None
    suspended: bool


class ApplicationView(View):
    """An application; ``open``: its keys and endpoints work."""

    id: str
    name: str
    contact: str | None
    active: bool
    suspended: bool
    tier: str | None
    open: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, one: Application, contact: str | None) -> "ApplicationView":
        """Return the view, with the contact in the clear."""
        return cls(
            id=one.id,
            name=one.name,
            contact=contact,
            active=one.active,
            suspended=one.suspended,
            tier=one.tier,
            open=one.open,
            created_at=one.created_at,
            updated_at=one.updated_at,
        )


class ApplicationsView(View):
    """All of one owner."""

    items: tuple[ApplicationView, ...]


class KeyIn(Body):
    """A new key. ``networks``: where it may be used from, as CIDR; none: everywhere."""

    name: Name
    scopes: tuple[Scope, ...] = Field(min_length=1, max_length=len(SCOPES))
    networks: tuple[Annotated[str, Field(max_length=64)], ...] = Field(default=(), max_length=MOST_NETWORKS)
    expires_in_days: int = Field(default=LONGEST_LIFE_DAYS, ge=1, le=LONGEST_LIFE_DAYS)


class RotationIn(Body):
    """How long the old key stays good beside its successor."""

    overlap_hours: int = Field(default=24, ge=0, le=LONGEST_OVERLAP_HOURS)


class KeyView(View):
    """A key without its secret; ``live``: it opens what its scopes open, if its application is open."""

    id: str
    prefix: str
    name: str
    scopes: tuple[Scope, ...]
    networks: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    replaced_by: str | None
    live: bool

    @classmethod
    def of(cls, one: Key, now: datetime) -> "KeyView":
        """Return the view at ``now``."""
        return cls(
            id=one.id,
            prefix=f"tk_{one.prefix}",
            name=one.name,
            scopes=one.scopes,
            networks=one.networks,
            created_at=one.created_at,
            expires_at=one.expires_at,
            revoked_at=one.revoked_at,
            replaced_by=one.replaced_by,
            live=one.live(now),
        )


class KeysView(View):
    """The newest hundred of one application."""

    items: tuple[KeyView, ...]


class IssuedKeyView(KeyView):
    """A new key with ``key``, shown this once: send it as ``Authorization: Bearer`` or ``X-Api-Key``."""

    key: str


class UsageQuery(Body):
    """A period of at most 31 days, by whole hours; without one, the last day."""

    since: Moment | None = Field(default=None, alias="from", description="First hour, RFC 3339")
    until: Moment | None = Field(default=None, alias="to", description="End, not included")

    @model_validator(mode="after")
    def _a_period(self) -> "UsageQuery":
        if self.since and self.until and not timedelta(0) <= self.until - self.since <= _LONGEST_PERIOD:
            raise ValueError("from comes before to, and at most 31 days lie between")
        return self

    def period(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the first hour and the end."""
        until = self.until or (self.since + _LONGEST_PERIOD if self.since else now)
        return self.since or until - timedelta(days=1), until


class HourView(View):
    """One hour of one key: ``requests`` from inside its allow-list, ``limited`` of them answered 429.

    ``barred`` came from outside of the list (403) and are not among the requests.
    """

    hour: datetime
    key: str = Field(serialization_alias="key_id")
    requests: int
    limited: int
    barred: int


class UsageView(View):
    """By hour and key; what was asked within the last minute may be missing."""

    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    requests: int
    limited: int
    barred: int
    hours: tuple[HourView, ...]
