"""The rows that the stores in memory share."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from kit.events import Event
from users.model import (
    AddressChange,
    AddressChangeId,
    Challenge,
    ChallengeId,
    Confirmation,
    ConfirmationId,
    ConsentEntry,
    Device,
    FamilyId,
    Identity,
    IdentityId,
    PasswordReset,
    RefreshToken,
    ResetId,
    SecondFactor,
    User,
    UserId,
)


@dataclass(frozen=True)
class Failures:
    """Failed sign-ins at one address, oldest first; whose it is, the one that locked, and the one told."""

    user_id: UserId | None
    failed_at: tuple[datetime, ...]
    locked_at: datetime | None = None
    told_at: datetime | None = None


@dataclass
class Memory:
    """What all stores of one trial share: the rows, and the events that were committed, in order."""

    users: dict[UserId, User] = field(default_factory=dict)
    challenges: dict[ChallengeId, Challenge] = field(default_factory=dict)
    confirmations: dict[ConfirmationId, Confirmation] = field(default_factory=dict)
    factors: dict[UserId, SecondFactor] = field(default_factory=dict)
    backups: dict[UserId, set[bytes]] = field(default_factory=dict)
    failures: dict[bytes, Failures] = field(default_factory=dict)
    resets: dict[ResetId, PasswordReset] = field(default_factory=dict)
    changes: dict[AddressChangeId, AddressChange] = field(default_factory=dict)
    devices: dict[FamilyId, Device] = field(default_factory=dict)
    tokens: dict[bytes, RefreshToken] = field(default_factory=dict)
    reasons: dict[FamilyId, str] = field(default_factory=dict)
    consents: list[ConsentEntry] = field(default_factory=list)
    identities: dict[IdentityId, Identity] = field(default_factory=dict)
    spent: dict[bytes, datetime] = field(default_factory=dict)
    events: list[Event[Any]] = field(default_factory=list)

    def bump(self, user_id: UserId, now: datetime) -> User:
        """Count a change whose state lies elsewhere; return the account after it."""
        kept = self.users[user_id]
        bumped = self.users[user_id] = replace(kept, version=kept.version + 1, updated_at=now)
        return bumped

    def end_sessions(self, user_id: UserId, reason: str, now: datetime) -> tuple[FamilyId, ...]:
        """End every session of somebody; return their families."""
        own = [one for one in self.devices.values() if one.user_id == user_id and one.revoked_at is None]
        for device in own:
            self.devices[device.family] = replace(device, revoked_at=now)
            self.reasons[device.family] = reason
        return tuple(one.family for one in own)

    def stop_changes(self, user_id: UserId, now: datetime) -> None:
        """End the changes of addresses of somebody that are under way."""
        for change in self.changes.values():
            if change.user_id == user_id and change.ended_at is None:
                self.changes[change.id] = replace(change, ended_at=now)

    def void(self, user_id: UserId, now: datetime) -> None:
        """Use up the codes that are under way to somebody."""
        for asked in self.confirmations.values():
            if asked.user_id == user_id and asked.consumed_at is None:
                self.confirmations[asked.id] = replace(asked, consumed_at=now)
        for reset in self.resets.values():
            if reset.user_id == user_id and reset.consumed_at is None:
                self.resets[reset.id] = replace(reset, consumed_at=now)

    def forgive(self, user_id: UserId) -> list[Failures]:
        """Forget the failed sign-ins of somebody; return what they were."""
        own = {key: one for key, one in self.failures.items() if one.user_id == user_id}
        for key in own:
            del self.failures[key]
        return list(own.values())
