"""A provider of identities of a few lines: it signs by a key of its own, and its tokens are read as a real one's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from builders import tokens as signed
from kit import clock, ids
from users.adapters.oidc import tokens
from users.errors import SignInRequestRefused
from users.model import IdClaims

ISSUER = "https://treum.id.test/"
CLIENT, APP = "web-client", "app-client"
HEADER = {"alg": "RS256", "typ": "JWT", "kid": "tenant-1"}
ASHA = {"sub": "auth0|asha", "email": "asha@example.com", "email_verified": True}


def claims(audience: str = APP, **other: Any) -> dict[str, Any]:
    """Return the claims of an honest token of Asha's, made now; ``other`` lies over them."""
    now = int(clock.unix())
    return {
        "iss": ISSUER,
        "aud": audience,
        "iat": now,
        "exp": now + 36_000,
        "jti": ids.uuid7(),
        **ASHA,
        **other,
    }


def token(said: Mapping[str, Any] | None = None, header: Mapping[str, Any] | None = None, **key: Any) -> str:
    """Return a token that says ``said`` and nothing else, signed by the provider's key."""
    return signed.signed_json({**HEADER, **(header or {})}, claims() if said is None else said, **key)


@dataclass
class FakeProvider:
    """Keeps codes with the challenge they were asked with; ``known`` are its keys."""

    issuer: str = ISSUER
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    known: dict[str, RSAPublicKey] = field(default_factory=lambda: {HEADER["kid"]: signed.OURS.public_key()})
    person: dict[str, Any] = field(default_factory=dict)

    def authorize_url(self, state: str, nonce: str, challenge: str) -> str:
        return f"{ISSUER}authorize?state={state}&nonce={nonce}&code_challenge={challenge}"

    def signed_in_at(self, url: str) -> tuple[str, str]:
        """Return state and code, as the browser comes back with them from ``url``."""
        asked = dict(parse_qsl(urlsplit(url).query))
        code = ids.uuid7()
        self.codes[code] = (asked["code_challenge"], asked["nonce"])
        return asked["state"], code

    def redeem(self, code: str, verifier: str) -> str:
        challenge, nonce = self.codes.pop(code, ("", ""))
        if signed.b64(sha256(verifier.encode()).digest()) != challenge:
            raise SignInRequestRefused
        return token(claims(CLIENT, nonce=nonce, **self.person))

    def read(self, text: str) -> IdClaims:
        return tokens.read(text, self.known.get)
