"""A copy of all that is held about a person, from the request to the day it is deleted."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, NewType

PersonId = NewType("PersonId", str)
ExportId = NewType("ExportId", str)
ExportState = Literal["collecting", "ready", "expired"]
DOMAINS: Final = ("analytics", "kyc", "partners", "payments", "realtime", "signals", "users")
"""Who holds personal data, and so contributes to an export and erases; a test holds it against schemas."""
LATE_AFTER: Final = timedelta(hours=1)
KEPT_FOR: Final = timedelta(days=7)
ONE_IN: Final = timedelta(days=1)
"""A person asks for one export a day."""
LINK_S: Final = 300


@dataclass(frozen=True, slots=True)
class Export:
    """One request. ``sha256`` (hex) and ``size`` (bytes) are those of the archive."""

    id: ExportId
    person: PersonId
    domains: tuple[str, ...]
    requested_at: datetime
    state: ExportState = "collecting"
    version: int = 1
    late_since: datetime | None = None
    ready_at: datetime | None = None
    expires_at: datetime | None = None
    sha256: str | None = None
    size: int | None = None

    def late(self, now: datetime) -> "Export":
        """Return it known to be late; since when does not change."""
        return replace(self, version=self.version + 1, late_since=self.late_since or now)

    def packed(self, now: datetime, sha256: str, size: int) -> "Export":
        """Return it ready to be fetched."""
        return replace(
            self,
            state="ready",
            version=self.version + 1,
            ready_at=now,
            expires_at=now + KEPT_FOR,
            sha256=sha256,
            size=size,
        )

    def gone(self) -> "Export":
        """Return it without its archive."""
        return replace(self, state="expired", version=self.version + 1)


@dataclass(frozen=True, slots=True)
class Part:
    """What a domain contributed: ``sha256`` (hex) of its ``pages`` one after the other."""

    domain: str
    sha256: str
    records: int
    pages: int
    told_at: datetime


def missing(one: Export, parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Return the domains that have not contributed, sorted."""
    return tuple(sorted({*one.domains} - {part.domain for part in parts}))
