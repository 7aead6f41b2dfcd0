"""Access tokens for tests: honest ones by a key of ours, and every kind of forgery."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ISSUER = "https://id.treum.test"
AUDIENCE = "treum-api"
KID = "key-1"
NOW = 1_800_000_000
OURS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
HEADER: dict[str, Any] = {"alg": "RS256", "typ": "at+jwt", "kid": KID}
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "0197f3a0-0000-7000-8000-000000000001",
    "iat": NOW - 10,
    "exp": NOW + 890,
    "roles": ["user"],
    "plan": "free",
    "fam": "0197f3a0-0000-7000-8000-00000000000f",
}


def b64(raw: bytes) -> str:
    """Return unpadded base64url."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def segment(value: Any) -> str:
    """Return ``value`` as a JSON segment of a token."""
    return b64(json.dumps(value, separators=(",", ":")).encode())


def without(source: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return ``source`` less one member."""
    return {key: value for key, value in source.items() if key != name}


def rs256(signed: str, key: rsa.RSAPrivateKey = OURS) -> str:
    """Return the RS256 signature segment of ``signed``."""
    return b64(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))


def token(
    claims: Mapping[str, Any] | None = None,
    header: Mapping[str, Any] | None = None,
    key: rsa.RSAPrivateKey = OURS,
) -> str:
    """Return a token with ``claims`` and ``header`` laid over the honest ones, signed by ``key``."""
    signed = f"{segment({**HEADER, **(header or {})})}.{segment({**CLAIMS, **(claims or {})})}"
    return f"{signed}.{rs256(signed, key)}"


def signed_json(header: Any, claims: Any, key: rsa.RSAPrivateKey = OURS) -> str:
    """Return a token of exactly this header and these claims, signed by ``key``."""
    signed = f"{segment(header)}.{segment(claims)}"
    return f"{signed}.{rs256(signed, key)}"


def hs256(secret: bytes, header: Mapping[str, Any] | None = None) -> str:
    """Return a token whose signature is an HMAC with ``secret``."""
    signed = f"{segment({**HEADER, 'alg': 'HS256', **(header or {})})}.{segment(CLAIMS)}"
    return f"{signed}.{b64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def public_pem(key: rsa.RSAPrivateKey = OURS) -> bytes:
    """Return the public half of ``key`` as PEM, the text an HMAC forger would use as secret."""
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, str]:
    """Return the public half of ``key`` as a JWK."""
    numbers = key.public_key().public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": kid,
        "n": b64(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
        "e": b64(numbers.e.to_bytes(3, "big")),
    }
