"""An honest token, and what tokens are made of."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

EVIL = "https://evil.test"
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def base64(raw: bytes) -> str:
    """Return unpadded base64url."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def segment(value: Any) -> str:
    """Return ``value`` as a JSON segment of a token."""
    return base64(json.dumps(value, separators=(",", ":")).encode())


def read(text: str) -> dict[str, Any]:
    """Return the JSON object in the segment ``text``."""
    found: dict[str, Any] = json.loads(urlsafe_b64decode(text + "=="))
    return found


def without(source: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return ``source`` less one member."""
    return {key: value for key, value in source.items() if key != name}


def rs256(header: Any, claims: Any, key: rsa.RSAPrivateKey) -> str:
    """Return a token of exactly this header and these claims, signed by ``key``."""
    signed = f"{segment(header)}.{segment(claims)}"
    return f"{signed}.{base64(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def respelled(text: str) -> str:
    """Return another base64url spelling of the same bytes: a spare bit of the last character set."""
    return text[:-1] + _ALPHABET[_ALPHABET.index(text[-1]) ^ 1]


def escaped(text: str) -> str:
    """Return another spelling of ``text`` for whoever reads it as a JSON string."""
    return "".join(f"\\u{ord(one):04x}" for one in text)


def public_jwk(key: rsa.RSAPublicKey, kid: str) -> dict[str, str]:
    """Return ``key`` as a JWK."""
    numbers = key.public_numbers()
    modulus = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
    exponent = base64(numbers.e.to_bytes(3, "big"))
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": base64(modulus), "e": exponent}


@dataclass(frozen=True)
class Honest:
    """An honest token and the public key that verifies it."""

    token: str
    public: rsa.RSAPublicKey

    @cached_property
    def parts(self) -> list[str]:
        """Its three segments."""
        return self.token.split(".")

    @cached_property
    def header(self) -> dict[str, Any]:
        """What it says of itself."""
        return read(self.parts[0])

    @cached_property
    def claims(self) -> dict[str, Any]:
        """What it says of its bearer."""
        return read(self.parts[1])

    @cached_property
    def pem(self) -> bytes:
        """The public key as text, which a forger would take for a secret."""
        spki = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.public.public_bytes(serialization.Encoding.PEM, spki)
