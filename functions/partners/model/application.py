"""An application: one program of one person, with the keys and endpoints that are its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NewType

OwnerId = NewType("OwnerId", str)
ApplicationId = NewType("ApplicationId", str)

MOST_APPLICATIONS: Final = 10
CONTACT: Final = "partner-contact"
"""The name of the sealed field."""


@dataclass(frozen=True, slots=True)
class Application:
    """``contact`` is an address of mail, sealed for the owner; ``tier`` the plan of an agreement.

    ``active`` is the owner's switch, ``suspended`` ours: nothing works unless the first is on and the second
    off.
    """

    id: ApplicationId
    owner: OwnerId
    name: str
    contact: str | None
    active: bool
    suspended: bool
    tier: str | None
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def open(self) -> bool:
        """Whether its keys and endpoints work."""
        return self.active and not self.suspended
