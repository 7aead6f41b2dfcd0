"""Accounts, one-time codes and failed sign-ins in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from kit.events import Event
from users import model
from users.adapters.memory.rows import Failures, Memory
from users.model import (
    Address,
    Challenge,
    ChallengeId,
    User,
    UserId,
    Wait,
)


class MemoryAccounts:
    """Accounts in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def by_id(self, user_id: UserId) -> User | None:
        """See :class:`users.ports.Accounts`."""
        return self._memory.users.get(user_id)

    def by_address(self, address: Address) -> User | None:
        """See :class:`users.ports.Accounts`."""
        users = self._memory.users.values()
        return next((user for user in users if getattr(user, address.channel) == address.value), None)

    def register(self, user: User, challenge: ChallengeId, event: Event[Any]) -> bool:
        """See :class:`users.ports.Accounts`."""
        open_one = self._memory.challenges[challenge]
        if open_one.consumed_at is not None or not self.seed(user, event):
            return False
        self._memory.challenges[challenge] = replace(open_one, consumed_at=user.created_at)
        return True

    def ended(self, now: datetime, at_most: int) -> list[UserId]:
        """See :class:`users.ports.Accounts`."""
        due = [(one.valid_until, one.id) for one in self._memory.users.values() if one.valid_until]
        return [user_id for until, user_id in sorted(due) if until <= now][:at_most]

    def save(self, user: User, expected_version: int, events: Sequence[Event[Any]]) -> bool:
        """See :class:`users.ports.Accounts`."""
        kept = self._memory.users.get(user.id)
        if kept is None or kept.version != expected_version:
            return False
        self._memory.users[user.id] = user
        self._memory.events.extend(events)
        return True

    def seed(self, user: User, event: Event[Any]) -> bool:
        """See :class:`users.ports.Accounts`."""
        addresses = [Address("email", user.email)] if user.email else []
        addresses += [Address("phone", user.phone)] if user.phone else []
        if any(self.by_address(address) for address in addresses):
            return False
        self._memory.users[user.id] = user
        self._memory.events.append(event)
        return True


class MemoryChallenges:
    """One-time codes in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def open(self, challenge: Challenge, *, per_hour: int) -> bool:
        """See :class:`users.ports.Challenges`."""
        since = challenge.created_at - timedelta(hours=1)
        kept = self._memory.challenges.values()
        if sum(one.address == challenge.address and one.created_at > since for one in kept) >= per_hour:
            return False
        self._memory.challenges[challenge.id] = challenge
        return True

    def attempt(self, challenge_id: ChallengeId) -> Challenge | None:
        """See :class:`users.ports.Challenges`."""
        kept = self._memory.challenges.get(challenge_id)
        if kept is not None:
            kept = self._memory.challenges[challenge_id] = replace(kept, attempts=kept.attempts + 1)
        return kept

    def renew(self, challenge_id: ChallengeId, code_hash: bytes, now: datetime) -> Challenge | None:
        """See :class:`users.ports.Challenges`."""
        kept = self._memory.challenges.get(challenge_id)
        if kept is None or kept.consumed_at is not None or kept.created_at + model.CHALLENGE_OPEN_FOR <= now:
            return None
        assert kept.last_sent_at is not None
        if kept.sends >= model.CODE_SENDS or kept.last_sent_at + model.RESEND_AFTER > now:
            return kept
        renewed = replace(
            kept,
            code_hash=code_hash,
            expires_at=now + model.CODE_LIFE,
            attempts=0,
            sends=kept.sends + 1,
            last_sent_at=now,
        )
        self._memory.challenges[challenge_id] = renewed
        return renewed


class MemoryAttempts:
    """Failed sign-ins in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def begin(self, account: bytes, user_id: UserId | None, now: datetime) -> Wait | None:
        """See :class:`users.ports.SignInAttempts`."""
        kept = replace(self._memory.failures.get(account, Failures(user_id, ())), user_id=user_id)
        wait = model.sign_in_wait(kept.failed_at, now)
        if wait is None:
            failed_at = (*kept.failed_at, now)[-model.TRIES_BEFORE_LOCK :]
            locked_at = now if model.locks(failed_at, now) else kept.locked_at
            kept = replace(kept, failed_at=failed_at, locked_at=locked_at)
        self._memory.failures[account] = kept
        return wait

    def forgive(self, account: bytes) -> None:
        """See :class:`users.ports.SignInAttempts`."""
        self._memory.failures.pop(account, None)
