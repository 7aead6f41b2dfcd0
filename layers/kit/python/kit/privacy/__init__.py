"""What a domain does for a person's rights: hand out what it holds about them, and erase what it may.

A domain says in tables of SQL what is whose (:mod:`kit.privacy.tables`); a consumer of ``privacy-events``
(:mod:`kit.privacy.contributing`) does the rest, the same for every domain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from kit.events.privacy_events import KeptData

Record = Mapping[str, Any]
Document = Mapping[str, list[dict[str, Any]]]
"""What a domain holds: records by section, each record what one row says, as JSON has it."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What went (rows by name) and what is kept, each with its reason."""

    removed: Mapping[str, int]
    kept: tuple[KeptData, ...]


class Contributor(Protocol):
    """A domain's part. Both are idempotent, and see rows of this person alone."""

    def collect(self, person: str) -> Document:
        """Return all that is held about the person, sealed fields opened. Raises ``Retryable``."""

    def erase(self, person: str, at: datetime) -> Erased:
        """Erase in the open transaction what may go; erasing again finds nothing. Raises ``Retryable``."""


class Parts(Protocol):
    """Where the parts of exports lie."""

    def write(self, export: str, domain: str, page: int, content: bytes) -> None:
        """Put a page (from 1), over one that lies there. Raises ``Retryable``."""
