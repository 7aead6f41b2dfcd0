"""Public keys of the trusted issuers, from one secret that a schedule keeps fresh.

The secret is a JSON object: issuer → its JWKS document as text. No key is ever fetched from an issuer here.
"""

from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from authorizer.model import MAX_RSA_BITS, MIN_RSA_BITS
from authorizer.schemas import Jwk, Jwks
from kit.errors import Retryable

_EXPONENT = 65537


class ReadSecret(Protocol):
    """``kit.secrets.get``."""

    def __call__(self, name: str, *, fresh: bool = False) -> Mapping[str, str]:
        """Return the JSON object of the secret ``name``; ``fresh`` goes past the cache."""


class KeyRing:
    """Keys by issuer and kid. Unknown kids cost one fresh read per ``cool_down_s``, however many come."""

    def __init__(
        self, read: ReadSecret, secret: str, *, monotonic: Callable[[], float], cool_down_s: float = 15.0
    ) -> None:
        self._read = read
        self._secret = secret
        self._monotonic = monotonic
        self._cool_down_s = cool_down_s
        self._next_fresh_at = float("-inf")
        self._document: Mapping[str, str] = {}
        self._keys: dict[tuple[str, str], RSAPublicKey] = {}

    def find(self, issuer: str, kid: str) -> RSAPublicKey | None:
        """Return the key that ``issuer`` names ``kid``, or None; ``Retryable`` when none can be read."""
        self._load(fresh=False)
        key = self._keys.get((issuer, kid))
        if key is None and self._monotonic() >= self._next_fresh_at:
            self._next_fresh_at = self._monotonic() + self._cool_down_s
            self._load(fresh=True)
            key = self._keys.get((issuer, kid))
        return key

    def _load(self, *, fresh: bool) -> None:
        try:
            document = self._read(self._secret, fresh=fresh)
        except Retryable:
            if not self._keys:
                raise
            return  # keys that were good a moment ago still are
        if document is self._document:
            return
        if document != self._document:
            self._keys = dict(_parse(document))
        self._document = document


def _parse(document: Mapping[str, str]) -> list[tuple[tuple[str, str], RSAPublicKey]]:
    found = []
    for issuer, text in document.items():
        jwks = msgspec.json.decode(text, type=Jwks)
        found += [((issuer, jwk.kid), _public_key(jwk)) for jwk in jwks.keys if _usable(jwk)]
    return found


def _usable(jwk: Jwk) -> bool:
    """Whether ``jwk`` may verify an access token: RSA, for signatures, strong enough."""
    if jwk.kty != "RSA" or not jwk.kid or jwk.alg not in {"", "RS256"} or jwk.use not in {"", "sig"}:
        return False
    return MIN_RSA_BITS <= _number(jwk.n).bit_length() <= MAX_RSA_BITS and _number(jwk.e) == _EXPONENT


def _public_key(jwk: Jwk) -> RSAPublicKey:
    return RSAPublicNumbers(_number(jwk.e), _number(jwk.n)).public_key()


def _number(text: str) -> int:
    return int.from_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
