"""Identities of a provider (OpenID Connect), and what an ID token must say to vouch for somebody here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from users.model.accounts import User, UserId

IdentityId = NewType("IdentityId", str)

SIGN_IN_REQUEST_LIFE = timedelta(minutes=10)
ID_TOKEN_AGE = timedelta(minutes=5)
"""How old an ID token may be: it vouches for a sign-in, not for a session."""
ID_TOKEN_SKEW_S = 5
ID_TOKEN_CHARS = 8192
SUBJECT_CHARS = 255
"""OpenID Connect Core 1.0, section 2: ``sub`` must not exceed 255 ASCII characters."""
IDENTITIES_PER_USER = 10
NO_PASSWORD = ""
"""The hash of an account that has no password: none fits it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody at a provider, who signs in to ``user_id`` here. Issuer and subject name nobody else, ever."""

    id: IdentityId
    issuer: str
    subject: str
    user_id: UserId
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class IdClaims:
    """What a signed ID token says; times are Unix seconds, ``email`` in our spelling or None."""

    issuer: str
    subject: str
    audience: tuple[str, ...]
    issued_at: float
    expires_at: float
    not_before: float = 0
    authorized_party: str | None = None
    nonce: str | None = None
    email: str | None = None
    email_verified: bool = False


@dataclass(frozen=True, slots=True)
class Expected:
    """Who must have issued an ID token, to whom, and in answer to which ``nonce`` (None: the app's own)."""

    issuer: str
    clients: tuple[str, ...]
    nonce: str | None = None


def broken_rule(claims: IdClaims, expected: Expected, now: float) -> str | None:
    """Return the rule that ``claims`` break at ``now`` (Unix seconds), or None.

    OpenID Connect Core 1.0, section 3.1.3.7 (2) to (5), (9) to (11), with a narrow skew.
    """
    if claims.issuer != expected.issuer:
        return "issuer"
    if not _issued_to(claims, expected.clients):
        return "audience"
    if not 0 < len(claims.subject) <= SUBJECT_CHARS or not claims.subject.isascii():
        return "subject"
    if expected.nonce is not None and claims.nonce != expected.nonce:
        return "nonce"
    return _untimely(claims, now)


def _issued_to(claims: IdClaims, clients: tuple[str, ...]) -> bool:
    """Whether one of our clients asked for it, and nobody else is meant besides."""
    ours = [client for client in claims.audience if client in clients]
    if len(ours) != 1 or len(claims.audience) != 1:
        return False
    return claims.authorized_party in {None, ours[0]}


def _untimely(claims: IdClaims, now: float) -> str | None:
    if claims.expires_at + ID_TOKEN_SKEW_S <= now:
        return "expired"
    if max(claims.issued_at, claims.not_before) > now + ID_TOKEN_SKEW_S:
        return "not_yet"
    if claims.issued_at + ID_TOKEN_AGE.total_seconds() + ID_TOKEN_SKEW_S <= now:
        return "age"
    return None


def linked_unasked(user: User) -> bool:
    """Whether the provider's word alone may link somebody to ``user``: never where a role gives rights."""
    return user.roles == ("user",)
