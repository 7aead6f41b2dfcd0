"""ID tokens as JWT (RFC 7519): PyJWT verifies RS256; the header chooses nothing but which key is tried."""

import re
from collections.abc import Callable
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from users.adapters.oidc.keys import KID_CHARS
from users.errors import IdTokenRefused
from users.model import IdClaims

_ALGORITHMS: Final = ["RS256"]
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[a-z0-9.-]{1,189}")
FindKey = Callable[[str], RSAPublicKey | None]
"""Finds the provider's key by its id; ``Retryable`` while nobody knows whether there is one."""


class _Claims(msgspec.Struct, frozen=True):
    iss: str
    sub: str
    aud: str | tuple[str, ...]
    iat: int | float
    exp: int | float
    nbf: int | float = 0
    azp: str | None = None
    nonce: str | None = None
    email: str | None = None
    email_verified: Any = False


def read(token: str, find: FindKey) -> IdClaims:
    """Return the claims of ``token``. ``IdTokenRefused`` unless one of the provider's keys signed it."""
    import jwt  # noqa: PLC0415 - 60 ms that only people of a provider pay

    try:
        key = find(_kid(jwt.get_unverified_header(token)))
        if key is None:
            raise IdTokenRefused("key")
        payload: bytes = jwt.PyJWS(_ALGORITHMS).decode(token, key, _ALGORITHMS)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise IdTokenRefused("signature") from error
    try:
        return _told(msgspec.json.decode(payload, type=_Claims))
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise IdTokenRefused("claims") from error


def _kid(header: dict[str, Any]) -> str:
    """Return which key is named by a header that names nothing else (RFC 8725, sections 3.1 and 3.11)."""
    kid = header.get("kid")
    plain = header.get("alg") in _ALGORITHMS and header.get("typ", "JWT") == "JWT"
    if not plain or "crit" in header or not isinstance(kid, str) or not 0 < len(kid) <= KID_CHARS:
        raise IdTokenRefused("header")
    return kid


def _told(claims: _Claims) -> IdClaims:
    return IdClaims(
        issuer=claims.iss,
        subject=claims.sub,
        audience=(claims.aud,) if isinstance(claims.aud, str) else claims.aud,
        issued_at=claims.iat,
        expires_at=claims.exp,
        not_before=claims.nbf,
        authorized_party=claims.azp,
        nonce=claims.nonce,
        email=_spelled(claims.email or ""),
        email_verified=claims.email_verified is True,
    )


def _spelled(email: str) -> str | None:
    """Return the address as accounts have it, in lower case; None for what registration would not take."""
    lower = email.lower()
    return lower if email.isascii() and _EMAIL.fullmatch(lower) else None
