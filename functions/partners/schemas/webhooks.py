"""Webhook endpoints and what was sent to them."""

from datetime import datetime
from typing import Literal

from pydantic import Field, model_validator

from kit.http import Body, PageQuery, View
from partners.model.webhook import EVENT_TYPES, Endpoint, EventType
from partners.ports import Logged, Tried
from partners.schemas.fields import Moment


class EndpointIn(Body):
    """Where to, and what."""

    url: str = Field(min_length=1, max_length=2048)
    types: tuple[EventType, ...] = Field(min_length=1, max_length=len(EVENT_TYPES))


class EndpointChange(Body):
    """What changes; what is left out stays."""

    url: str | None = Field(default=None, min_length=1, max_length=2048)
    types: tuple[EventType, ...] | None = Field(default=None, min_length=1, max_length=len(EVENT_TYPES))
    active: bool | None = None


class SecretRotationIn(Body):
    """How long messages are signed with the old secret too."""

    overlap_hours: int = Field(default=24, ge=0, le=168)


class EndpointView(View):
    """An endpoint; ``disabled`` says why nothing is sent: ``owner``, ``failing`` for five days, ``gone``."""

    id: str
    application_id: str
    url: str
    types: tuple[EventType, ...]
    active: bool
    disabled: Literal["owner", "failing", "gone"] | None
    failing_since: datetime | None
    previous_secret_until: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, one: Endpoint) -> "EndpointView":
        """Return the view."""
        return cls(
            id=one.id,
            application_id=one.application_id,
            url=one.url,
            types=one.types,
            active=one.active,
            disabled=one.disabled,
            failing_since=one.failing_since,
            previous_secret_until=one.previous_until,
            created_at=one.created_at,
            updated_at=one.updated_at,
        )


class EndpointsView(View):
    """All of one application."""

    items: tuple[EndpointView, ...]


class EndpointSecretView(EndpointView):
    """An endpoint with its signing ``secret``, shown this once."""

    secret: str


class DeliveryQuery(PageQuery):
    """Deliveries of one state, or all."""

    state: Literal["pending", "delivered", "failed"] | None = None


class DeliveryView(View):
    """One message on its way to one endpoint; ``outcome`` and ``status`` are the last attempt's."""

    id: str
    endpoint_id: str
    message_id: str
    type: str
    state: Literal["pending", "delivered", "failed"]
    tried: int
    outcome: str | None
    status: int | None
    created_at: datetime
    due_at: datetime | None
    settled_at: datetime | None


class AttemptView(View):
    """One attempt; without ``outcome`` it runs now, or was cut off and is made again."""

    number: int
    started_at: datetime
    outcome: str | None
    status: int | None
    excerpt: str | None
    took_ms: int | None


class DeliveryDetailView(DeliveryView):
    """A delivery with the very text that was signed, and its attempts."""

    body: str
    attempts: tuple[AttemptView, ...]

    @classmethod
    def of(cls, one: Logged, body: str, tries: list[Tried]) -> "DeliveryDetailView":
        """Return the view."""
        attempts = tuple(AttemptView.model_validate(each) for each in tries)
        told = DeliveryView.model_validate(one).model_dump()
        return cls(**told, body=body, attempts=attempts)


class ReplayIn(Body):
    """Send again one delivery, or what failed of what was created since a time: one of the two."""

    delivery_id: str | None = Field(default=None, pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    failed_since: Moment | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "ReplayIn":
        if (self.delivery_id is None) == (self.failed_since is None):
            raise ValueError("give either delivery_id or failed_since")
        return self


class ReplayView(View):
    """How many are sent again; a thousand at most, so ask again while it is a thousand."""

    replayed: int


class TestView(View):
    """The delivery to look at."""

    __test__ = False  # not a test of pytest's

    delivery_id: str
