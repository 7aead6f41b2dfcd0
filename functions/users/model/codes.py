"""One-time codes that open an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from users.model.accounts import Address, Locale

ChallengeId = NewType("ChallengeId", str)

CODE_DIGITS = 6
CODE_LIFE = timedelta(seconds=600)
CODE_TRIES = 5
CODE_SENDS = 5
RESEND_AFTER = timedelta(seconds=30)
CHALLENGE_OPEN_FOR = timedelta(hours=1)
CHALLENGES_PER_HOUR = 5


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


def code_wait(
    sent: Sequence[datetime], now: datetime, *, apart: timedelta, per_hour: int, per_day: int
) -> timedelta | None:
    """Return how long the next code waits after those ``sent`` within a day (newest first), or None.

    Codes are ``apart``; ``per_hour`` and ``per_day`` bound them.
    """
    ends = [sent[0] + apart] if sent else []
    ends += [sent[per_hour - 1] + timedelta(hours=1)] if len(sent) >= per_hour else []
    ends += [sent[per_day - 1] + timedelta(days=1)] if len(sent) >= per_day else []
    latest = max(ends, default=now)
    return latest - now if latest > now else None
