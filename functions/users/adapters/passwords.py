"""Passwords by argon2id."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Passwords:
    """argon2id with 19 MiB, 2 passes, 1 lane: OWASP's first choice of parameters."""

    def __init__(self, *, memory_kib: int = 19_456, passes: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._nobody = ""

    def hash(self, password: str) -> str:
        """See :class:`users.ports.Passwords`."""
        return self._hasher.hash(password)

    def verify(self, encoded: str | None, password: str) -> bool:
        """See :class:`users.ports.Passwords`."""
        try:
            return self._hasher.verify(encoded or self._nobodys(), password) and encoded is not None
        except (VerificationError, InvalidHashError):
            return False

    def _nobodys(self) -> str:
        if not self._nobody:
            self._nobody = self.hash(secrets.token_urlsafe())
        return self._nobody
