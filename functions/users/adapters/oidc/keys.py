"""The provider's public keys (RFC 7517): RSA keys of 2048 bits and more that sign by RS256, by their ids."""

from base64 import urlsafe_b64decode
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from kit.errors import Retryable

KID_CHARS: Final = 256
_LEAST_BITS: Final = 2048
_MOST_KEYS: Final = 20


class _Jwk(msgspec.Struct, frozen=True):
    kty: str
    kid: str = ""
    use: str = "sig"
    alg: str = "RS256"
    n: str = ""
    e: str = ""


class _Jwks(msgspec.Struct, frozen=True):
    keys: tuple[_Jwk, ...]


def keys_of(document: bytes) -> dict[str, RSAPublicKey]:
    """Return the keys of a JWKS document that may sign ID tokens. Raises ``Retryable`` when there is none."""
    try:
        listed = msgspec.json.decode(document, type=_Jwks).keys[:_MOST_KEYS]
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Retryable("the provider's keys cannot be read") from error
    found = {one.kid: key for one in listed if _signs(one) and (key := _key_of(one)) is not None}
    if not found:
        raise Retryable("the provider has no key that signs by RS256")
    return found


def _signs(one: _Jwk) -> bool:
    return (one.kty, one.use, one.alg) == ("RSA", "sig", "RS256") and 0 < len(one.kid) <= KID_CHARS


def _key_of(one: _Jwk) -> RSAPublicKey | None:
    try:
        key = RSAPublicNumbers(_number(one.e), _number(one.n)).public_key()
    except ValueError:
        return None
    return key if key.key_size >= _LEAST_BITS else None


def _number(text: str) -> int:
    return int.from_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
