"""RSA keys and RS256 signatures."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from kit.errors import Retryable
from users import model
from users.model import SigningKey

_RSA_BITS = 2048


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
