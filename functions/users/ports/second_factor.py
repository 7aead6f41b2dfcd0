"""The authenticator app of an account and its backup codes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from users.model import SecondFactor, UserId
from users.ports.sessions import Tell


class SecondFactors(Protocol):
    """What is kept of authenticator apps: at most one an account."""

    def of(self, user_id: UserId) -> SecondFactor | None:
        """Return the account's app, confirmed or not, or None."""

    def enrol(self, user_id: UserId, sealed: str, now: datetime) -> bool:
        """Keep a secret that is to be confirmed, in place of one that never was; False if one was."""

    def confirm(self, user_id: UserId, step: int, codes: Sequence[bytes], now: datetime, tell: Tell) -> bool:
        """Make the app count, its ``step`` used, with these hashed backup codes; False unless one waits."""

    def use_step(self, user_id: UserId, step: int) -> bool:
        """Use a time step of a confirmed app up; False when it or a later one was used."""

    def use_backup(self, user_id: UserId, code: bytes, now: datetime) -> bool:
        """Use a backup code up; False when there is no such one left."""

    def renew_backups(self, user_id: UserId, codes: Sequence[bytes], now: datetime) -> bool:
        """Put ``codes`` in place of every backup code; False without a confirmed app."""

    def remove(self, user_id: UserId, now: datetime, tell: Tell) -> bool:
        """Forget the app and the codes; False when there is none. One that never counted is not told."""


class Totp(Protocol):
    """Time-based one-time passwords (RFC 6238: SHA-1, 6 digits, 30 s, as every app has them)."""

    def secret(self) -> str:
        """Return a new secret of 160 bits in base32."""

    def uri(self, secret: str, account: str) -> str:
        """Return the ``otpauth`` address that apps read from a QR code."""

    def step_of(self, secret: str, code: str, now: datetime) -> int | None:
        """Return the newest time step within the drift around ``now`` whose code it is, or None."""


class Seals(Protocol):
    """Seals text for one person (:class:`kit.sealing.Sealer`)."""

    def seal(self, subject: str, field: str, text: str) -> str:
        """Return the sealed text."""

    def open(self, subject: str, field: str, sealed: str) -> str:
        """Return the text."""
