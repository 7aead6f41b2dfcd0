"""Passwords, keyed digests, randomness, RSA keys and RS256 signatures."""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from kit.errors import Retryable
from users import model
from users.model import SigningKey

_RSA_BITS = 2048
_TOKEN_BYTES = 32


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
            self._nobody = self.hash(secrets.token_urlsafe(_TOKEN_BYTES))
        return self._nobody


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

    def token(self) -> str:
        """See :class:`users.ports.Chance`."""
        return secrets.token_urlsafe(_TOKEN_BYTES)


class RsaForge:
    """RSA keys; a kid is the RFC 7638 thumbprint of its key."""

    def forge(self, signs_from: int) -> SigningKey:
        """See :class:`users.ports.KeyForge`."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return SigningKey(_thumbprint(key), pem.decode(), signs_from)

    def jwks(self, keys: Sequence[SigningKey]) -> str:
        """See :class:`users.ports.KeyForge`."""
        public = [
            {"kid": key.kid, "use": "sig", "alg": "RS256", **_public(_private_key(key.pem))} for key in keys
        ]
        return json.dumps({"keys": public}, separators=(",", ":"))


class RsaSigner:
    """Signs with the newest of the keys that ``read_keys`` gives and ``unix`` (seconds) allows."""

    def __init__(self, read_keys: Callable[[], Sequence[SigningKey]], unix: Callable[[], float]) -> None:
        self._read_keys = read_keys
        self._unix = unix
        self._loaded: tuple[str, rsa.RSAPrivateKey] | None = None

    def sign(self, claims: Mapping[str, Any]) -> str:
        """See :class:`users.ports.TokenSigner`."""
        key = model.signing_now(self._read_keys(), int(self._unix()))
        if key is None:
            raise Retryable("There is no signing key yet: the bootstrap makes one")
        if self._loaded is None or self._loaded[0] != key.kid:
            self._loaded = (key.kid, _private_key(key.pem))
        signed = f"{_segment({'alg': 'RS256', 'typ': 'at+jwt', 'kid': key.kid})}.{_segment(claims)}"
        signature = self._loaded[1].sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_base64(signature)}"


def _private_key(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey), "signing keys are RSA"
    return key


def _public(key: rsa.RSAPrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    size = (numbers.n.bit_length() + 7) // 8
    return {"kty": "RSA", "n": _base64(numbers.n.to_bytes(size, "big")), "e": "AQAB"}


def _thumbprint(key: rsa.RSAPrivateKey) -> str:
    canonical = json.dumps(_public(key), sort_keys=True, separators=(",", ":"))
    return _base64(hashlib.sha256(canonical.encode()).digest())


def _segment(value: Mapping[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
