"""Randomness."""

from typing import Protocol


class Chance(Protocol):
    """What nobody can guess."""

    def prefix(self) -> str:
        """Return 12 characters of ``a-z0-9``."""

    def secret(self) -> str:
        """Return 256 random bits as 43 characters of base64url."""

    def signing_secret(self) -> bytes:
        """Return 32 random bytes."""

    def jitter(self) -> float:
        """Return a number in [0, 1)."""
