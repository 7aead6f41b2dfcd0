"""The rows that the stores in memory share."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kit.events import Event
from users.model import (
    Challenge,
    ChallengeId,
    Confirmation,
    ConfirmationId,
    Device,
    FamilyId,
    RefreshToken,
    SecondFactor,
    User,
    UserId,
)


@dataclass
class Memory:
    """What all stores of one trial share: the rows, and the events that were committed, in order."""

    users: dict[UserId, User] = field(default_factory=dict)
    challenges: dict[ChallengeId, Challenge] = field(default_factory=dict)
    confirmations: dict[ConfirmationId, Confirmation] = field(default_factory=dict)
    factors: dict[UserId, SecondFactor] = field(default_factory=dict)
    backups: dict[UserId, set[bytes]] = field(default_factory=dict)
    failures: dict[bytes, list[datetime]] = field(default_factory=dict)
    devices: dict[FamilyId, Device] = field(default_factory=dict)
    tokens: dict[bytes, RefreshToken] = field(default_factory=dict)
    reasons: dict[FamilyId, str] = field(default_factory=dict)
    events: list[Event[Any]] = field(default_factory=list)
