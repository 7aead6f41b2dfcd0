"""Passwords by argon2id."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Passwords:
    """argon2id with 19 MiB, 2 passes, 1 lane: OWASP's first choice of parameters."""

    def __init__(self, *, memory_kib: int = 19_456, passes: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        # the hash of no password, of the same cost, there from the start: one that is made on first use tells
        # the first unknown account of a container by its time
        self._nobody = f"$argon2id$v=19$m={memory_kib},t={passes},p=1${'A' * 22}${'A' * 43}"

    def hash(self, password: str) -> str:
        """See :class:`users.ports.Passwords`."""
        return self._hasher.hash(password)

    def verify(self, encoded: str | None, password: str) -> bool:
        """See :class:`users.ports.Passwords`."""
        try:
            return self._hasher.verify(encoded or self._nobody, password) and bool(encoded)
        except (VerificationError, InvalidHashError):
            return False
