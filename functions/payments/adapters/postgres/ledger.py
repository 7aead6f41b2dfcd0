"""The books on PostgreSQL: each method calls one function of the schema ``ledger``; its tables are closed.

Failpoints: ``ledger.before_post``, ``ledger.posted`` (committed, unless the caller has a transaction open).
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import psycopg

from kit import failpoint
from kit.errors import Rejected, Retryable
from kit.money import Money
from kit.stores.postgres import Database
from payments import errors
from payments.model.ledger import (
    AccountCode,
    Book,
    Chain,
    Guard,
    Kind,
    Link,
    PersonId,
    Phase,
    PostPending,
    Transfer,
    TransferId,
)
from payments.model.ledger_books import (
    Balance,
    Discrepancy,
    Receipt,
    Recorded,
    StatementLine,
    TrialBalance,
    TrialLine,
)

# the SQLSTATEs that infra/migrations/ledger raises
_REFUSALS: Final[dict[str, type[Rejected]]] = {
    "LG001": errors.TransferRefused,
    "LG002": errors.AccountUnknown,
    "LG003": errors.CurrencyMixed,
    "LG004": errors.BooksCrossed,
    "LG005": errors.BridgeUnbalanced,
    "LG006": errors.PendingUnknown,
    "LG007": errors.PendingEnded,
    "LG008": errors.PendingExpired,
    "LG009": errors.PendingExceeded,
    "LG010": errors.ReversalUnfounded,
    "LG011": errors.TransferDiffers,
    "LG012": errors.ReversalExceeded,
    "LG013": errors.BalanceInsufficient,
}
_COLLISIONS: Final = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)


class PostgresLedger:
    """The ledger over a connection as ``payments_app``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def open_wallet(self, person: PersonId, currency: str, at: datetime) -> AccountCode:
        """Open, once."""
        row = self._db.one("SELECT ledger.open_wallet(%s, %s, %s)", (person, currency, at))
        assert row is not None, "a function answers one row"
        return AccountCode(row[0])

    def post(self, chain: Chain, at: datetime) -> Receipt:
        """Call ``ledger.post``: one round trip."""
        batch = json.dumps([_instruction(one) for one in chain.links])
        failpoint.hit("ledger.before_post")
        try:
            # the set of rows, not one of jsonb, so that the time comes back as a time
            row = self._db.one("SELECT replayed, recorded_at FROM ledger.post(%s, %s)", (batch, at))
        except psycopg.Error as error:
            raise self._named(error) from error
        failpoint.hit("ledger.posted")
        assert row is not None, "a function answers one row"
        return Receipt(recorded_at=row[1], replayed=row[0])

    def _named(self, error: psycopg.Error) -> Exception:
        known = _REFUSALS.get(error.sqlstate or "")
        if known is not None:
            return known(error.diag.message_primary or "")
        if isinstance(error, _COLLISIONS) and not self._db.in_transaction:
            return Retryable("the same accounts are being changed by others: post the same chain again")
        return error  # inside a transaction whoever began it repeats the whole (Database.retry)

    def expire(self, at: datetime, limit: int) -> int:
        """Call ``ledger.expire``."""
        row = self._db.one("SELECT ledger.expire(%s, %s)", (at, limit))
        return int(row[0]) if row else 0

    def find(self, ids: Sequence[TransferId]) -> list[Recorded]:
        """Read by id."""
        rows = self._db.all("SELECT * FROM ledger.transfers_of(%s::uuid[], NULL)", (list(ids),))
        return [_recorded(row) for row in rows]

    def caused_by(self, reference: str) -> list[Recorded]:
        """Read by reference."""
        rows = self._db.all("SELECT * FROM ledger.transfers_of('{}', %s)", (reference,))
        return [_recorded(row) for row in rows]

    def balance(self, account: AccountCode, at: datetime | None = None) -> Balance | None:
        """Read the row of a guarded account, or fold."""
        row = self._db.one("SELECT * FROM ledger.balance(%s, %s)", (account, at))
        return Balance(AccountCode(row[0]), row[3], Guard(row[4]), *row[5:]) if row else None

    def statement(
        self, account: AccountCode, at: datetime, since: tuple[datetime, int] | None, limit: int
    ) -> list[StatementLine]:
        """Read a page."""
        rows = self._db.all(
            "SELECT * FROM ledger.statement(%s, %s, %s, %s, %s)",
            (account, at, *(since or (None, None)), limit),
        )
        return [StatementLine(row[0], TransferId(str(row[1])), AccountCode(row[2]), *row[3:]) for row in rows]

    def trial_balance(self, at: datetime) -> TrialBalance:
        """Fold everything up to ``at``."""
        rows = self._db.all("SELECT * FROM ledger.trial_balance(%s, NULL)", (at,))
        lines = (TrialLine(Book(row[0]), row[1], Kind(row[2]), *row[3:]) for row in rows)
        return TrialBalance(at, tuple(lines))

    def discrepancies(self, since: datetime | None = None) -> list[Discrepancy]:
        """Compare what is kept with what it follows from."""
        rows = self._db.all(
            "SELECT what, subject, expected::bigint, found::bigint FROM ledger.discrepancies(%s)", (since,)
        )
        return [Discrepancy(*row) for row in rows]


def _instruction(link: Link) -> dict[str, Any]:
    common = {"id": link.id, "reason": link.reason, "reference": link.reference}
    if isinstance(link, Transfer):
        return common | {
            "kind": Phase.PENDING if link.pending else Phase.POSTED,
            "debit": link.debit,
            "credit": link.credit,
            "amount": link.amount.amount,
            "currency": link.amount.currency,
            "reverses": link.reverses,
            "timeout_s": link.timeout_s,
        }
    if isinstance(link, PostPending):
        part = {"amount": link.amount.amount, "currency": link.amount.currency} if link.amount else {}
        return common | {"kind": Phase.POST, "pending_id": link.pending_id} | part
    return common | {"kind": Phase.VOID, "pending_id": link.pending_id}


def _recorded(row: tuple[Any, ...]) -> Recorded:
    return Recorded(
        id=TransferId(str(row[0])),
        phase=Phase(row[1]),
        debit=AccountCode(row[2]),
        credit=AccountCode(row[3]),
        amount=Money(row[4], row[5]),
        pending_id=_id(row[6]),
        reverses=_id(row[7]),
        timeout_s=row[8],
        reason=row[9],
        reference=row[10],
        chain=TransferId(str(row[11])),
        recorded_at=row[12],
        expires_at=row[13],
        ended=Phase(row[14]) if row[14] else None,
    )


def _id(value: object) -> TransferId | None:
    return None if value is None else TransferId(str(value))
