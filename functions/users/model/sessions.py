"""Signed-in devices, how many there may be, their refresh tokens, and the keys that sign access tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NewType

from users.model.accounts import User, UserId

FamilyId = NewType("FamilyId", str)

ACCESS_LIFE = timedelta(minutes=15)
REFRESH_LIFE = timedelta(days=7)
SESSION_LIFE = timedelta(days=30)
"""From sign-in on, however often it is refreshed: NIST SP 800-63B, section 4.1.3."""
REPLAY_WINDOW = timedelta(seconds=10)
MOST_SESSIONS = 10
"""Of one person at once; the next ends the one that refreshed longest ago (ADR 242)."""


@dataclass(frozen=True, slots=True)
class Device:
    """One signed-in device: a family of refresh tokens. ``device_id`` is the client's own name for it."""

    family: FamilyId
    user_id: UserId
    device_id: str
    name: str
    created_at: datetime
    last_seen_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What is kept of a refresh token: its SHA-256, never the token."""

    hash: bytes
    family: FamilyId
    user_id: UserId
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


Displacement = Literal["signed_in_again", "too_many_sessions"]
"""Why a session ends because another begins."""


@dataclass(frozen=True, slots=True)
class Began:
    """A session began, and in its place the families ``displaced`` ended."""

    displaced: tuple[FamilyId, ...]


@dataclass(frozen=True, slots=True)
class AllEnded:
    """Every session of ``user`` ended: the account after it, and the ``families`` that lived until then."""

    user: User
    families: tuple[FamilyId, ...]


Verdict = Literal["rotate", "replay", "reuse", "ended"]


@dataclass(frozen=True, slots=True)
class Rotation:
    """What came of presenting a refresh token; the rest unless it was unknown.

    ``ends_at`` is when the successor expires.
    """

    verdict: Verdict
    user: User | None = None
    family: FamilyId | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key that signs from a Unix second on; verifiers know it earlier."""

    kid: str
    pem: str
    signs_from: int


def displaced(live: Sequence[Device], new: Device) -> dict[FamilyId, Displacement]:
    """Return which of the ``live`` sessions of one person end when ``new`` begins, and why.

    Signing in again on a device ends its session from before (ASVS 5.0, 7.2.4).
    """
    found: dict[FamilyId, Displacement] = {
        one.family: "signed_in_again" for one in live if one.device_id == new.device_id
    }
    others = sorted(
        (one for one in live if one.family not in found), key=lambda one: (one.last_seen_at, one.family)
    )
    beyond = others[: max(0, len(others) - (MOST_SESSIONS - 1))]
    return found | {one.family: "too_many_sessions" for one in beyond}


def refresh_ends(device: Device, now: datetime) -> datetime:
    """Return when a refresh token expires that is given at ``now`` to a session of ``device``."""
    return min(now + REFRESH_LIFE, device.created_at + SESSION_LIFE)


def judge_refresh(token: RefreshToken, device: Device, device_id: str, now: datetime) -> Verdict:
    """Return what presenting ``token`` from ``device_id`` means.

    A used token is a lost answer for ten seconds on its own device, and a theft after that. A token on a
    foreign device is a theft whatever its age.
    """
    if device.revoked_at is not None or min(token.expires_at, device.created_at + SESSION_LIFE) <= now:
        return "ended"
    if device.device_id != device_id:
        return "reuse"
    if token.used_at is None:
        return "rotate"
    return "replay" if now - token.used_at <= REPLAY_WINDOW else "reuse"


def signing_now(keys: Sequence[SigningKey], now: int) -> SigningKey | None:
    """Return the newest of ``keys`` that may sign at ``now`` (Unix seconds)."""
    ready = [key for key in keys if key.signs_from <= now]
    return max(ready, key=lambda key: key.signs_from, default=None)
