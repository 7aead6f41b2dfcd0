"""The events of an account's credentials and standing. None carries anything of the person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from kit import clock, events
from kit.events import Event
from kit.events.user_events import (
    UserAddressChanged,
    UserDisabled,
    UserEnabled,
    UserIdentityLinked,
    UserIdentityUnlinked,
    UserLocked,
    UserPasswordChanged,
    UserSessionsRevoked,
    UserUnlocked,
)
from users.model import Channel, Disabled, FamilyId, Identity, IdentityId, Lock, User
from users.ports import TellEnd


def sessions_ended(user: User, reason: str, now: datetime) -> Event[UserSessionsRevoked]:
    """Every session ended."""
    told = UserSessionsRevoked(
        user_id=user.id, families=(), not_before=user.not_before, reason=reason, revoked_at=now
    )
    return events.new(told, subject=user.id, version=user.version)


def ending(reason: str) -> TellEnd:
    """Return what tells that one session ended for ``reason``."""

    def tell(user: User, family: FamilyId) -> Event[UserSessionsRevoked]:
        told = UserSessionsRevoked(
            user_id=user.id, families=(family,), not_before=0, reason=reason, revoked_at=clock.now()
        )
        return events.new(told, subject=user.id, version=user.version)

    return tell


def disabled(user: User, how: Disabled, by: str) -> Sequence[Event[Any]]:
    """Nobody comes in with the account any more, and every session ended."""
    told = UserDisabled(
        user_id=user.id, disabled_by=by, disabled_at=how.at, reason=how.reason, reference=how.reference
    )
    fact = events.new(told, subject=user.id, version=user.version)
    return fact, sessions_ended(user, "account_disabled", how.at)


def enabled(user: User, by: str, reason: str, reference: str, now: datetime) -> Event[UserEnabled]:
    """The account may be signed in to again."""
    told = UserEnabled(user_id=user.id, enabled_by=by, enabled_at=now, reason=reason, reference=reference)
    return events.new(told, subject=user.id, version=user.version)


def password_changed(
    user: User, how: Literal["changed", "reset"], now: datetime, *, unlocked: bool
) -> Sequence[Event[Any]]:
    """Another password holds, every session ended, and a lock if there was one."""
    changed = UserPasswordChanged(user_id=user.id, how=how, changed_at=now)
    fact = events.new(changed, subject=user.id, version=user.version)
    ended = sessions_ended(user, f"password_{how}", now)
    if not unlocked:
        return fact, ended
    free = UserUnlocked(user_id=user.id, how="reset", unlocked_by=user.id, unlocked_at=now)
    return fact, ended, events.new(free, subject=user.id, version=user.version)


def address_changed(
    user: User, channel: Channel, confirmed_by: Literal["both", "time"], now: datetime
) -> Event[UserAddressChanged]:
    """Another address is confirmed."""
    told = UserAddressChanged(user_id=user.id, channel=channel, confirmed_by=confirmed_by, changed_at=now)
    return events.new(told, subject=user.id, version=user.version)


def identity_linked(
    user: User, identity: Identity, how: Literal["opened", "address", "asked"]
) -> Event[UserIdentityLinked]:
    """An identity of a provider signs in to the account."""
    told = UserIdentityLinked(user_id=user.id, identity_id=identity.id, how=how, linked_at=identity.linked_at)
    return events.new(told, subject=user.id, version=user.version)


def identity_unlinked(user: User, identity_id: IdentityId, now: datetime) -> Event[UserIdentityUnlinked]:
    """It does not any more."""
    told = UserIdentityUnlinked(user_id=user.id, identity_id=identity_id, unlinked_at=now)
    return events.new(told, subject=user.id, version=user.version)


def locked(user: User, lock: Lock) -> Event[UserLocked]:
    """Sign-in is locked."""
    told = UserLocked(user_id=user.id, locked_at=lock.locked_at, until=lock.until)
    return events.new(told, subject=user.id, version=user.version)


def unlocked_by_support(
    user: User, by: str, reason: str, reference: str, now: datetime
) -> Event[UserUnlocked]:
    """Somebody of support ended the lock."""
    told = UserUnlocked(
        user_id=user.id,
        how="support",
        unlocked_by=by,
        unlocked_at=now,
        reason=reason,
        reference=reference,
    )
    return events.new(told, subject=user.id, version=user.version)
