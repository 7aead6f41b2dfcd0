"""Accounts, one-time codes, sessions and the rules about them, without any store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NewType

from kit.identity import Plan, Role

UserId = NewType("UserId", str)
FamilyId = NewType("FamilyId", str)
ChallengeId = NewType("ChallengeId", str)
Channel = Literal["email", "phone"]
Locale = Literal["en", "hi"]

ACCESS_LIFE = timedelta(minutes=15)
REFRESH_LIFE = timedelta(days=7)
REPLAY_WINDOW = timedelta(seconds=10)

CODE_DIGITS = 6
CODE_LIFE = timedelta(seconds=600)
CODE_TRIES = 5
CODE_SENDS = 5
RESEND_AFTER = timedelta(seconds=30)
CHALLENGE_OPEN_FOR = timedelta(hours=1)
CHALLENGES_PER_HOUR = 5

TRIES_BEFORE_PAUSE = 5
PAUSE_WINDOW = timedelta(minutes=15)
TRIES_BEFORE_LOCK = 10
LOCK_FOR = timedelta(hours=1)
TRIES_REMEMBERED_FOR = timedelta(hours=24)

PASSWORD_LENGTH = (10, 128)
# fmt: off
_COMMON_PASSWORDS = frozenset({
    "password123", "password1234", "1234567890", "0123456789", "12345678910", "qwertyuiop", "qwerty12345",
    "qwerty123456", "iloveyou123", "1q2w3e4r5t", "1qaz2wsx3edc", "passw0rd123", "welcome12345",
    "admin123456", "letmein12345", "india12345", "zerodha123", "trading123", "abcdefghij", "abcd123456",
    "9876543210", "password@123", "welcome@123", "admin@12345", "india@12345", "qwerty@123", "treum12345",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person is reached: a lower-case e-mail address, or a phone number in E.164 (+91…)."""

    channel: Channel
    value: str


@dataclass(frozen=True, slots=True)
class User:
    """An account. Tokens from before the Unix second ``not_before`` are stale; ``version`` counts changes."""

    id: UserId
    email: str | None
    phone: str | None
    password_hash: str
    display_name: str
    locale: Locale
    roles: tuple[Role, ...]
    plan: Plan
    not_before: int
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Challenge:
    """A one-time code on its way, with the account it will open.

    A ``decoy`` stands for an address that has an account already: it behaves alike and no code opens it.
    ``code_hash`` is a keyed digest; ``attempts`` counts since the last sending.
    """

    id: ChallengeId
    address: Address
    decoy: bool
    password_hash: str
    display_name: str
    locale: Locale
    code_hash: bytes
    created_at: datetime
    expires_at: datetime
    attempts: int = 0
    sends: int = 1
    last_sent_at: datetime | None = None
    consumed_at: datetime | None = None


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


Verdict = Literal["rotate", "replay", "reuse", "ended"]


@dataclass(frozen=True, slots=True)
class Rotation:
    """What came of presenting a refresh token; ``user`` and ``family`` unless it was unknown."""

    verdict: Verdict
    user: User | None = None
    family: FamilyId | None = None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key that signs from a Unix second on; verifiers know it earlier."""

    kid: str
    pem: str
    signs_from: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Sign-in is refused until ``until``: ``locked`` after ten failures, else a pause."""

    until: datetime
    locked: bool


def judge_refresh(token: RefreshToken, device: Device, device_id: str, now: datetime) -> Verdict:
    """Return what presenting ``token`` from ``device_id`` means.

    A used token is a lost answer for ten seconds on its own device, and a theft after that. A token on a
    foreign device is a theft whatever its age.
    """
    if device.revoked_at is not None or token.expires_at <= now:
        return "ended"
    if device.device_id != device_id:
        return "reuse"
    if token.used_at is None:
        return "rotate"
    return "replay" if now - token.used_at <= REPLAY_WINDOW else "reuse"


def sign_in_wait(failures: Sequence[datetime], now: datetime) -> Wait | None:
    """Return how long sign-in waits after ``failures`` (oldest first), or None when it may be tried now.

    Ten failures since the last success within a day lock for an hour from the newest; five within fifteen
    minutes pause until the first of them is fifteen minutes old.
    """
    recent = [at for at in failures if at > now - TRIES_REMEMBERED_FOR]
    if len(recent) >= TRIES_BEFORE_LOCK and recent[-1] + LOCK_FOR > now:
        return Wait(recent[-1] + LOCK_FOR, locked=True)
    inside = [at for at in recent if at > now - PAUSE_WINDOW]
    if len(inside) >= TRIES_BEFORE_PAUSE:
        return Wait(inside[-TRIES_BEFORE_PAUSE] + PAUSE_WINDOW, locked=False)
    return None


def password_weakness(password: str, address: Address) -> str | None:
    """Return what is wrong with ``password`` in one sentence, or None."""
    shortest, longest = PASSWORD_LENGTH
    lowered = password.lower()
    if not shortest <= len(password) <= longest:
        return f"A password has {shortest} to {longest} characters"
    if lowered in _COMMON_PASSWORDS or len(set(lowered)) < 4:  # noqa: PLR2004 - "aaaaaaaaaa" and its like
        return "This password is among the first that are guessed: take another"
    if address.value.partition("@")[0].lstrip("+") in lowered:
        return "A password must not contain your address"
    return None


def signing_now(keys: Sequence[SigningKey], now: int) -> SigningKey | None:
    """Return the newest of ``keys`` that may sign at ``now`` (Unix seconds)."""
    ready = [key for key in keys if key.signs_from <= now]
    return max(ready, key=lambda key: key.signs_from, default=None)
