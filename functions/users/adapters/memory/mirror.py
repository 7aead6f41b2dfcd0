"""The mirror of revocations and the signing keys in memory."""

from collections.abc import Sequence

from kit.errors import Retryable
from users.model import (
    FamilyId,
    SigningKey,
    UserId,
)


class MemoryMirror:
    """The mirror of revocations in memory. ``away`` makes it unreachable, :meth:`wipe` forgets everything."""

    def __init__(self) -> None:
        self.away = False
        self.complete_marker = False
        self.families: set[FamilyId] = set()
        self.stale: dict[UserId, int] = {}
        self._mark = ""

    def wipe(self) -> None:
        """Forget everything, as a flushed Redis does."""
        self.complete_marker, self._mark = False, ""
        self.families.clear()
        self.stale.clear()

    def ready(self) -> bool:
        """See :class:`users.ports.RevocationMirror`."""
        self._reach()
        return self.complete_marker

    def revoke_family(self, family: FamilyId) -> None:
        """See :class:`users.ports.RevocationMirror`."""
        self._reach()
        self.families.add(family)

    def refuse_before(self, user_id: UserId, second: int) -> None:
        """See :class:`users.ports.RevocationMirror`."""
        self._reach()
        self.stale[user_id] = max(second, self.stale.get(user_id, 0))

    def begin(self) -> str:
        """See :class:`users.ports.RevocationMirror`."""
        self._reach()
        self._mark = "mark"
        return self._mark

    def complete(self, mark: str, families: Sequence[FamilyId], stale: Sequence[tuple[UserId, int]]) -> bool:
        """See :class:`users.ports.RevocationMirror`."""
        self._reach()
        if mark != self._mark:
            return False
        self.families.update(families)
        for user_id, second in stale:
            self.refuse_before(user_id, second)
        self.complete_marker = True
        return True

    def _reach(self) -> None:
        if self.away:
            raise Retryable("the mirror is away")


class MemoryKeyStore:
    """Signing keys in memory."""

    def __init__(self) -> None:
        self.keys: tuple[SigningKey, ...] = ()
        self.published = ""

    def load(self) -> tuple[SigningKey, ...]:
        """See :class:`users.ports.KeyStore`."""
        return self.keys

    def save(self, keys: Sequence[SigningKey]) -> None:
        """See :class:`users.ports.KeyStore`."""
        self.keys = tuple(keys)

    def publish(self, jwks: str) -> None:
        """See :class:`users.ports.KeyStore`."""
        self.published = jwks
