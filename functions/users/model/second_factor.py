"""The authenticator app of an account (RFC 6238) and its backup codes."""

from dataclasses import dataclass
from datetime import datetime

TOTP_PERIOD_S = 30
TOTP_DRIFT = 1
"""Time steps that the app's clock may be behind or ahead."""
BACKUP_CODES = 10
BACKUP_CODE_CHARS = 10


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """An authenticator app, which counts from ``confirmed_at`` on.

    ``sealed`` is its secret, sealed for the account; ``last_step`` the newest time step that was used, and
    ``backup_codes`` how many are left.
    """

    sealed: str
    last_step: int
    created_at: datetime
    confirmed_at: datetime | None = None
    backup_codes: int = 0


def backup_code_of(text: str) -> str:
    """Return a backup code as it is hashed: small letters and digits, however it was written down."""
    return text.replace("-", "").replace(" ", "").lower()


def written(code: str) -> str:
    """Return a backup code as people write it down: two groups."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"
