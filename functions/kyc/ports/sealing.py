"""Personal data at rest."""

from typing import Protocol

from kyc.model.details import Details
from kyc.model.tier import PersonId


class DetailsSeal(Protocol):
    """What a person said of themselves, as sealed text that opens for that person's record only."""

    def seal(self, person: PersonId, details: Details) -> str:
        """Return the sealed text. Raises ``Retryable``."""

    def open(self, person: PersonId, sealed: str) -> Details:
        """Return the details. Raises ``Retryable``."""


class Indexing(Protocol):
    """A keyed digest: finds what is equal without saying what it is."""

    def of(self, pan: str) -> bytes:
        """Return the digest of ``pan``. Raises ``Retryable``."""
