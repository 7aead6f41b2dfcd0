"""Changing a confirmed address."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from kit.http import Body, View
from users.model import AddressChange, Channel
from users.schemas.fields import Email, Phone, Uuid

_Code = Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class EmailBody(Body):
    """The e-mail address that is wanted."""

    email: Email


class PhoneBody(Body):
    """The Indian mobile number that is wanted."""

    phone: Phone


class AddressCodesBody(Body):
    """The codes sent to both addresses. Without `old_code` the change waits three days."""

    change_id: Uuid
    new_code: _Code
    old_code: _Code | None = None


class StopBody(Body):
    """The word that was sent to the address before."""

    word: str = Field(min_length=10, max_length=40, pattern=r"^[A-Za-z0-9 -]+$")


class AddressChangeView(View):
    """Codes are on their way to both addresses."""

    change_id: str
    channel: Channel
    expires_at: datetime

    @classmethod
    def of(cls, change: AddressChange) -> "AddressChangeView":
        """Return what is told of a change that was begun."""
        return cls(change_id=change.id, channel=change.address.channel, expires_at=change.expires_at)


class AddressOutcomeView(View):
    """Whether the address holds now, or from `takes_effect_at` on unless somebody stops it."""

    status: Literal["changed", "waiting"]
    takes_effect_at: datetime | None


class WaitingChangeView(View):
    """A change that the new address confirmed and that waits for its time."""

    id: str
    channel: Channel
    address: str
    takes_effect_at: datetime | None

    @classmethod
    def of(cls, change: AddressChange) -> "WaitingChangeView":
        """Return what its owner sees of it."""
        return cls(
            id=change.id,
            channel=change.address.channel,
            address=change.address.value,
            takes_effect_at=change.due_at,
        )


class WaitingChangesView(View):
    """The changes that wait, the first due first."""

    items: tuple[WaitingChangeView, ...]
