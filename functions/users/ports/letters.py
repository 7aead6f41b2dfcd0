"""Letters about a person's rights."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from users.model import User

LetterKind = Literal[
    "export_ready", "erasure_requested", "erasure_cancelled", "erasure_held", "erasure_closing"
]


@dataclass(frozen=True, slots=True)
class Letter:
    """What it is about; ``moment`` is when an archive goes, or when an erasure is due."""

    kind: LetterKind
    moment: datetime | None = None


class PrivacyLetters(Protocol):
    """Writes to the account's address, once a key."""

    def write(self, key: str, user: User, letter: Letter) -> None:
        """Send it; an address that takes no letters is passed over. Raises ``Retryable``."""
