"""An API key, ``tk_<prefix>_<secret>``: the prefix finds it, the secret proves it and is kept as a digest."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NewType

from partners.model.application import ApplicationId, OwnerId
from partners.model.scope import Scope

KeyId = NewType("KeyId", str)

MOST_KEYS: Final = 10
LONGEST_LIFE_DAYS: Final = 365
LONGEST_OVERLAP_HOURS: Final = 7 * 24


def credential(prefix: str, secret: str) -> str:
    """Return the key as its holder keeps it: shown once, never stored."""
    return f"tk_{prefix}_{secret}"


def digest_of(secret: str) -> bytes:
    """Return the 32 bytes that are kept of a secret of 256 random bits (ADR 190)."""
    return hashlib.sha256(secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class Key:
    """``networks`` in canonical form, none: usable from everywhere. ``replaced_by`` names its successor."""

    id: KeyId
    application_id: ApplicationId
    owner: OwnerId
    prefix: str
    digest: bytes
    name: str
    scopes: tuple[Scope, ...]
    networks: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    replaced_by: KeyId | None
    version: int

    def live(self, now: datetime) -> bool:
        """Whether it opens anything at ``now``, as far as it goes by the key."""
        return self.revoked_at is None and now < self.expires_at

    def replaced(self, successor: KeyId, overlap: timedelta, now: datetime) -> "Key":
        """Return it with its ``successor``: good for ``overlap`` more, never longer than before."""
        ends = min(self.expires_at, now + overlap)
        return replace(self, replaced_by=successor, expires_at=ends, version=self.version + 1)

    def revoked(self, now: datetime) -> "Key":
        """Return it as it is once it is revoked."""
        return replace(self, revoked_at=now, version=self.version + 1)
