"""Access tokens for tests, by a key of ours. Forged ones: ``demo.forgery``."""

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from demo import forgery
from demo.forgery import base64 as b64
from demo.forgery import public_jwk, without
from demo.forgery.honest import segment

__all__ = ["b64", "jwk", "segment", "without"]
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


def token(
    claims: Mapping[str, Any] | None = None,
    header: Mapping[str, Any] | None = None,
    key: rsa.RSAPrivateKey = OURS,
) -> str:
    """Return a token with ``claims`` and ``header`` laid over the honest ones, signed by ``key``."""
    return forgery.rs256({**HEADER, **(header or {})}, {**CLAIMS, **(claims or {})}, key)


def signed_json(header: Any, claims: Any, key: rsa.RSAPrivateKey = OURS) -> str:
    """Return a token of exactly this header and these claims, signed by ``key``."""
    return forgery.rs256(header, claims, key)


def jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, str]:
    """Return the public half of ``key`` as a JWK."""
    return public_jwk(key.public_key(), kid)
