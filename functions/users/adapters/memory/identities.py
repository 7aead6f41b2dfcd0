"""Identities of a provider and used proofs in memory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kit.events import Event
from users import model
from users.adapters.memory.accounts import MemoryAccounts
from users.adapters.memory.rows import Memory
from users.model import Identity, IdentityId, User, UserId
from users.ports import TellAll, Unlinked


class MemoryIdentities:
    """Identities in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def user_of(self, issuer: str, subject: str) -> User | None:
        """See :class:`users.ports.Identities`."""
        kept = self._kept(issuer, subject)
        return self._memory.users[kept.user_id] if kept else None

    def open(self, user: User, identity: Identity, events: Sequence[Event[Any]]) -> bool:
        """See :class:`users.ports.Identities`."""
        first, *others = events
        if self._kept(identity.issuer, identity.subject) or not MemoryAccounts(self._memory).seed(
            user, first
        ):
            return False
        self._memory.identities[identity.id] = identity
        self._memory.events.extend(others)
        return True

    def link(self, identity: Identity, version: int, tell: TellAll) -> User | None:
        """See :class:`users.ports.Identities`."""
        kept = self._memory.users.get(identity.user_id)
        if kept is None or kept.version != version or self._kept(identity.issuer, identity.subject):
            return None
        self._memory.identities[identity.id] = identity
        return self._told(identity.user_id, identity.linked_at, tell)

    def of(self, user_id: UserId) -> list[Identity]:
        """See :class:`users.ports.Identities`."""
        own = [one for one in self._memory.identities.values() if one.user_id == user_id]
        return sorted(own, key=lambda one: (one.linked_at, one.id))

    def unlink(self, identity_id: IdentityId, user_id: UserId, now: datetime, tell: TellAll) -> Unlinked:
        """See :class:`users.ports.Identities`."""
        own = self.of(user_id)
        if identity_id not in [one.id for one in own]:
            return "unknown"
        if self._memory.users[user_id].password_hash == model.NO_PASSWORD and len(own) == 1:
            return "last"
        del self._memory.identities[identity_id]
        self._told(user_id, now, tell)
        return "unlinked"

    def _kept(self, issuer: str, subject: str) -> Identity | None:
        kept = self._memory.identities.values()
        return next((one for one in kept if (one.issuer, one.subject) == (issuer, subject)), None)

    def _told(self, user_id: UserId, now: datetime, tell: TellAll) -> User:
        user = self._memory.bump(user_id, now)
        self._memory.events.extend(tell(user))
        return user


class MemorySpentProofs:
    """Used proofs in memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def spend(self, digest: bytes, until: datetime) -> bool:
        """See :class:`users.ports.SpentProofs`."""
        if digest in self._memory.spent:
            return False
        self._memory.spent[digest] = until
        return True
