"""Hashes, digests, chance, and keys."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from users.model import (
    SigningKey,
)


class Passwords(Protocol):
    """A slow, salted hash."""

    def hash(self, password: str) -> str:
        """Return the encoded hash."""

    def verify(self, encoded: str | None, password: str) -> bool:
        """Whether ``password`` fits; without ``encoded`` (None, or empty) the same work is done, in vain."""


class Digests(Protocol):
    """Keyed digests: worthless to whoever has only the database."""

    def of(self, purpose: str, *parts: str) -> bytes:
        """Return 32 bytes for ``parts`` under ``purpose``."""


class Chance(Protocol):
    """Randomness that nobody can guess."""

    def code(self, digits: int) -> str:
        """Return ``digits`` decimal digits."""

    def word(self, characters: int) -> str:
        """Return a word that is easy to read: 32 letters and digits, none that look alike, 5 bits each."""

    def token(self) -> str:
        """Return 256 bits as base64url."""


class TokenSigner(Protocol):
    """Signs access tokens with the present key."""

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return the token. Raises ``Retryable`` without a key."""


class KeyStore(Protocol):
    """Where signing keys and published keys are kept. Only tasks write."""

    def load(self) -> tuple[SigningKey, ...]:
        """Return the signing keys, oldest first; empty when there are none yet."""

    def save(self, keys: Sequence[SigningKey]) -> None:
        """Replace the signing keys."""

    def publish(self, jwks: str) -> None:
        """Replace our own JWKS document in the secret verifiers read; other issuers' stay."""


class KeyForge(Protocol):
    """Makes keys."""

    def forge(self, signs_from: int) -> SigningKey:
        """Return a new RSA key."""

    def jwks(self, keys: Sequence[SigningKey]) -> str:
        """Return the JWKS document of the public halves."""


class AdminVault(Protocol):
    """Where the first administrator's password is left for whoever operates the platform."""

    def leave(self, email: str, password: str) -> str:
        """Keep them; return the secret's name."""
