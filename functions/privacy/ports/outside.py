"""What lies in the bucket, and who destroys keys."""

from datetime import datetime
from typing import Protocol

from privacy.model.export import Export, Part, PersonId


class Archives(Protocol):
    """Parts and archives of exports."""

    def pack(self, one: Export, parts: tuple[Part, ...], now: datetime) -> tuple[str, int]:
        """Make the archive of all parts; return its SHA-256 (hex) and size.

        Raises ``Retryable`` when a part is away or is not what its domain told.
        """

    def link(self, one: Export, seconds: int) -> str:
        """Return an address that gives the archive for so long."""

    def delete(self, one: Export, parts: tuple[Part, ...]) -> None:
        """Delete archive and parts; what is gone already is fine. Raises ``Retryable``."""


class KeyDestroyer(Protocol):
    """Destroys the key of a person's sealed data."""

    def destroy(self, person: PersonId) -> bool:
        """Ask for it; True once it is destroyed for ever. Raises ``Retryable``."""
