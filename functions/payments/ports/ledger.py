"""The books: chains in, balances and statements out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from payments.model.ledger import (
    AccountCode,
    Chain,
    PersonId,
    TransferId,
)
from payments.model.ledger_books import (
    Balance,
    Discrepancy,
    Receipt,
    Recorded,
    StatementLine,
    TrialBalance,
)


class Ledger(Protocol):
    """Immutable double entry. Every method is one round trip, and joins the caller's transaction."""

    def open_wallet(self, person: PersonId, currency: str, at: datetime) -> AccountCode:
        """Open the wallet of ``person`` unless it is open; return its code."""

    def post(self, chain: Chain, at: datetime) -> Receipt:
        """Record all of ``chain`` or none of it; the same chain again is the earlier receipt.

        Raises an error of ``payments.errors.ledger``; ``Retryable`` means that whether it was recorded is
        unknown: post the same chain again.
        """

    def expire(self, at: datetime, limit: int) -> int:
        """End up to ``limit`` pending transfers whose time is over at ``at``; return how many ended."""

    def find(self, ids: Sequence[TransferId]) -> list[Recorded]:
        """Return those of ``ids`` that are recorded, in the order of their recording."""

    def caused_by(self, reference: str) -> list[Recorded]:
        """Return up to 1,000 transfers with this reference, in the order of their recording."""

    def balance(self, account: AccountCode, at: datetime | None = None) -> Balance | None:
        """Return the balance now or as of ``at``; None for an unknown account."""

    def statement(
        self, account: AccountCode, at: datetime, since: tuple[datetime, int] | None, limit: int
    ) -> list[StatementLine]:
        """Return postings recorded up to ``at``, oldest first, after the line (time, number) ``since``."""

    def trial_balance(self, at: datetime) -> TrialBalance:
        """Return debits and credits of every control account as of ``at``."""

    def discrepancies(self, since: datetime | None = None) -> list[Discrepancy]:
        """Return what must hold and does not, of what was recorded after ``since``, of everything without it.

        Nothing, in sound books. What an older row was changed to shows in everything alone.
        """
