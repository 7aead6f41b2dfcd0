"""Use cases of the books: record surely, read a statement page by page, expire holds, check everything."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta

from kit import clock, telemetry
from kit.errors import Retryable
from kit.pagination import decode_cursor, encode_cursor
from payments.errors import AccountUnknown
from payments.model.ledger import AccountCode, Chain
from payments.model.ledger_books import Discrepancy, Receipt, StatementLine
from payments.ports.ledger import Ledger

_ATTEMPTS = 3
_BATCH = 200
_RECENT = timedelta(days=1)
_Seq = Annotated[int, Meta(ge=0, le=2**63 - 1)]


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Lines of an account as of ``as_of``; the cursor carries it, so that all pages are one picture."""

    account: AccountCode
    as_of: datetime
    lines: tuple[StatementLine, ...]
    next_cursor: str | None


def record(chain: Chain, ledger: Ledger) -> Receipt:
    """Record ``chain`` now. No answer means unknown, and posting the same chain again is the way to ask.

    Raises what the ledger refuses, and ``Retryable`` when it stays away. Not for use inside a transaction:
    there the caller repeats the whole.
    """
    at = clock.now()
    for _ in range(_ATTEMPTS - 1):
        try:
            return ledger.post(chain, at)
        except Retryable:
            telemetry.count("LedgerAskedAgain", 1)
    return ledger.post(chain, at)


def read_statement(
    account: AccountCode, ledger: Ledger, *, limit: int, cursor: str | None = None, at: datetime | None = None
) -> StatementPage:
    """Return a page of ``account`` as of ``at`` (now), oldest first; ``cursor`` goes on where one ended.

    Raises ``AccountUnknown``, ``Invalid`` for a cursor of something else.
    """
    as_of, since = at or clock.now(), None
    if cursor is not None:
        as_of, moment, seq = decode_cursor(cursor, tuple[datetime, datetime, _Seq])
        since = (moment, seq)
    lines = ledger.statement(account, as_of, since, limit + 1)
    if not lines and ledger.balance(account) is None:
        raise AccountUnknown(f"no account {account}")
    shown, more = lines[:limit], len(lines) > limit
    following = encode_cursor((as_of, shown[-1].recorded_at, shown[-1].seq)) if more else None
    return StatementPage(account, as_of, tuple(shown), following)


def expire_pending(ledger: Ledger) -> int:
    """End every pending transfer whose time is over; return how many. Run each minute."""
    at, ended = clock.now(), 0
    while True:
        now = ledger.expire(at, _BATCH)
        ended += now
        if now < _BATCH:
            return ended


def check_books(ledger: Ledger, *, whole: bool = False) -> list[Discrepancy]:
    """Return what must hold and does not, of the last day or of the ``whole`` books, and raise its alarm."""
    found = ledger.discrepancies(None if whole else clock.now() - _RECENT)
    telemetry.count("LedgerDiscrepancies", len(found))
    for one in found:
        telemetry.warning("ledger discrepancy", what=one.what, subject=one.subject)
    return found
