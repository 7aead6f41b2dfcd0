"""Keyed digests and chance."""

import hmac
import secrets
from collections.abc import Callable

_TOKEN_BYTES = 32
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # no i, l, o, 0, 1


class HmacDigests:
    """HMAC-SHA-256 under a key that ``read_key`` gives (bytes, at least 32)."""

    def __init__(self, read_key: Callable[[], bytes]) -> None:
        self._read_key = read_key

    def of(self, purpose: str, *parts: str) -> bytes:
        """See :class:`users.ports.Digests`. Each part is preceded by its length: no two lists look alike."""
        message = b"".join(
            len(raw).to_bytes(4, "big") + raw
            for raw in (part.encode("utf-8", "surrogatepass") for part in (purpose, *parts))
        )
        return hmac.digest(self._read_key(), message, "sha256")


class SystemChance:
    """Randomness of the operating system."""

    def code(self, digits: int) -> str:
        """See :class:`users.ports.Chance`."""
        return f"{secrets.randbelow(10**digits):0{digits}d}"

    def word(self, characters: int) -> str:
        """See :class:`users.ports.Chance`."""
        return "".join(secrets.choice(_READABLE) for _ in range(characters))

    def token(self) -> str:
        """See :class:`users.ports.Chance`."""
        return secrets.token_urlsafe(_TOKEN_BYTES)
