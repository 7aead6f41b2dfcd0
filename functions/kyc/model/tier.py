"""Tiers: how much of a client is known, and what that opens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NewType

PersonId = NewType("PersonId", str)
Tier = Literal["none", "basic", "standard", "unlimited"]
TIERS: Final[tuple[Tier, ...]] = ("none", "basic", "standard", "unlimited")
Wanted = Literal["basic", "standard", "unlimited"]
DocumentKind = Literal["pan_card", "photo", "address_proof", "income_proof"]
Redo = Literal["details", "pan_card", "photo", "address_proof", "income_proof"]
"""What reviewers may ask for again."""


def covers(held: Tier, wanted: Tier) -> bool:
    """Whether whoever holds ``held`` needs nothing more for ``wanted``."""
    return TIERS.index(held) >= TIERS.index(wanted)


@dataclass(frozen=True, slots=True)
class TierRule:
    """``limit`` is in paise, None: without one. ``documents`` are asked for; ``video``: a person is seen."""

    tier: Wanted
    limit: int | None
    documents: tuple[DocumentKind, ...]
    video: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of ``person`` now; ``application`` decided it. Version 0: nothing was ever decided."""

    person: PersonId
    tier: Tier = "none"
    valid_until: datetime | None = None
    application: str | None = None
    version: int = 0

    def at(self, moment: datetime) -> Tier:
        """Return the tier that holds at ``moment``."""
        over = self.valid_until is not None and self.valid_until <= moment
        return "none" if over else self.tier
