"""Signing keys, the mirror of revocations, and forgetting: what schedules and the bootstrap ask for."""

from dataclasses import dataclass

from kit import clock
from kit.errors import Retryable
from users import model
from users.errors import RotationTooSoon
from users.model import SigningKey
from users.ports import KeyForge, KeyStore, Retention, RevocationMirror, Sessions

KNOWN_BEFORE_SIGNING_S = 600
"""A new key is published this long before it signs: twice as long as anybody caches secrets."""

_MIRRORED_FOR = model.ACCESS_LIFE + model.ACCESS_LIFE / 5
_REBUILDS = 3


@dataclass(frozen=True, slots=True)
class Keys:
    """Keeps the signing keys: at most two, the one that signs and its successor or predecessor."""

    store: KeyStore
    forge: KeyForge

    def ensure(self) -> bool:
        """Make the first key if there is none and publish what there is; whether one was made."""
        keys = self.store.load()
        made = not keys
        if made:
            keys = (self.forge.forge(int(clock.unix())),)
            self.store.save(keys)
        self.store.publish(self.forge.jwks(keys))
        return made

    def rotate(self, *, leaked: bool = False) -> SigningKey:
        """Publish a new key that signs in ten minutes; the present one stays for the tokens it signed.

        ``leaked`` drops every key before it at once: all access tokens end. Raises ``RotationTooSoon`` while
        the last rotation is not over.
        """
        now = int(clock.unix())
        keys = self.store.load()
        if leaked or not keys:
            new = self.forge.forge(now)
            return self._keep((new,), new)
        overlap_s = int(model.ACCESS_LIFE.total_seconds())
        if len(keys) > 1 and now < keys[-1].signs_from + overlap_s:
            raise RotationTooSoon
        new = self.forge.forge(now + KNOWN_BEFORE_SIGNING_S)
        return self._keep((keys[-1], new), new)

    def _keep(self, keys: tuple[SigningKey, ...], new: SigningKey) -> SigningKey:
        # verifiers first: a crash in between leaves a published key that nobody signs with
        self.store.publish(self.forge.jwks(keys))
        self.store.save(keys)
        return new


@dataclass(frozen=True, slots=True)
class Mirroring:
    """Heals the mirror of revocations."""

    sessions: Sessions
    mirror: RevocationMirror

    def rebuild(self) -> int:
        """Write every revocation that a live access token could meet, the marker last; return how many.

        Raises ``Retryable`` when the mirror is away, or wiped again and again while it is written.
        """
        for _ in range(_REBUILDS):
            mark = self.mirror.begin()
            families, stale = self.sessions.revoked_since(clock.now() - _MIRRORED_FOR)
            if self.mirror.complete(mark, families, stale):
                return len(families) + len(stale)
        raise Retryable("the mirror of revocations was wiped while it was written")


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Keeps only what is of use."""

    retention: Retention

    def forget_expired(self) -> int:
        """Delete a bounded number of rows past their use; return how many."""
        return self.retention.forget(clock.now())
