"""Randomness of the operating system."""

import random
import secrets

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_jitter = random.SystemRandom()


class SystemChance:
    """See :class:`partners.ports.Chance`."""

    def prefix(self) -> str:
        """Return 12 characters of ``a-z0-9``."""
        return "".join(secrets.choice(_LETTERS) for _ in range(12))

    def secret(self) -> str:
        """Return 256 random bits as 43 characters of base64url."""
        return secrets.token_urlsafe(32)

    def signing_secret(self) -> bytes:
        """Return 32 random bytes."""
        return secrets.token_bytes(32)

    def jitter(self) -> float:
        """Return a number in [0, 1)."""
        return _jitter.random()
