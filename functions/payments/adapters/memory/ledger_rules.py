"""What can be judged of a chain without its balances, and how transfers fold into them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from payments.errors import (
    AccountUnknown,
    BooksCrossed,
    BridgeUnbalanced,
    CurrencyMixed,
    PendingExceeded,
    PendingUnknown,
    ReversalUnfounded,
)
from payments.model.ledger import (
    Account,
    AccountCode,
    Chain,
    Link,
    Phase,
    PostPending,
    Transfer,
    TransferId,
    VoidPending,
)
from payments.model.ledger_books import (
    Balance,
    Recorded,
)

_UNRECORDED = datetime.min.replace(tzinfo=UTC)
_MOVED = {Phase.POSTED, Phase.POST}
Accounts = Mapping[AccountCode, Account]
Transfers = Mapping[TransferId, Recorded]


def read_link(link: Link, chain: Chain, accounts: Accounts, transfers: Transfers) -> Recorded:
    """Return ``link`` with its accounts and amount, not yet recorded. Raises what it is refused for."""
    first = chain.links[0].id
    if isinstance(link, Transfer):
        return _read_transfer(link, first, accounts, transfers)
    return _read_resolution(link, first, transfers)


def refuse_broken_bridge(read: Iterable[Recorded], accounts: Accounts) -> None:
    """Raise ``BridgeUnbalanced`` unless both sides of every bridge move, and are held, alike."""
    sums: dict[tuple[str, bool], int] = defaultdict(int)
    for one in read:
        for code, amount in ((one.debit, one.amount.amount), (one.credit, -one.amount.amount)):
            pair = accounts[code].bridge
            if pair is not None and one.phase is not Phase.VOID:
                sums[pair, one.phase is Phase.PENDING] += amount
    if any(sums.values()):
        raise BridgeUnbalanced


def postings(transfers: Iterable[Recorded]) -> Iterator[tuple[AccountCode, int, datetime]]:
    """Yield two postings for each transfer that moved something: a debit is positive."""
    for one in transfers:
        if one.phase in _MOVED:
            yield one.debit, one.amount.amount, one.recorded_at
            yield one.credit, -one.amount.amount, one.recorded_at


def balance_of(account: Account, transfers: Iterable[Recorded], at: datetime | None) -> Balance:
    """Return the sums of ``account`` over what was recorded up to ``at``."""
    seen = [one for one in transfers if at is None or one.recorded_at <= at]
    ended = {one.pending_id for one in seen}
    moved = [one for one in seen if one.phase in _MOVED]
    held = [one for one in seen if one.phase is Phase.PENDING and one.id not in ended]
    code = account.code
    return Balance(
        code,
        account.currency,
        account.guard,
        debits_posted=sum(one.amount.amount for one in moved if one.debit == code),
        debits_pending=sum(one.amount.amount for one in held if one.debit == code),
        credits_posted=sum(one.amount.amount for one in moved if one.credit == code),
        credits_pending=sum(one.amount.amount for one in held if one.credit == code),
    )


def _read_transfer(link: Transfer, first: TransferId, accounts: Accounts, transfers: Transfers) -> Recorded:
    for code in (link.debit, link.credit):
        if code not in accounts:
            raise AccountUnknown(f"no account {code}")
    debit, credit = accounts[link.debit], accounts[link.credit]
    if len({debit.currency, credit.currency, link.amount.currency}) > 1:
        raise CurrencyMixed
    if debit.book is not credit.book:
        raise BooksCrossed
    if link.reverses is not None:
        _demand_original(link, transfers.get(link.reverses), accounts)
    return Recorded(
        link.id, Phase.PENDING if link.pending else Phase.POSTED, link.debit, link.credit, link.amount, None,
        link.reverses, link.timeout_s, link.reason, link.reference, first, _UNRECORDED,
    )  # fmt: skip


def _demand_original(link: Transfer, original: Recorded | None, accounts: Accounts) -> None:
    if original is None or original.phase not in _MOVED:
        raise ReversalUnfounded
    same_book = accounts[original.debit].book is accounts[link.debit].book
    if not same_book or original.amount.currency != link.amount.currency:
        raise ReversalUnfounded


def _read_resolution(link: PostPending | VoidPending, first: TransferId, transfers: Transfers) -> Recorded:
    pending = transfers.get(link.pending_id)
    if pending is None or pending.phase is not Phase.PENDING:
        raise PendingUnknown
    phase, amount, reverses = Phase.VOID, pending.amount, None
    if isinstance(link, PostPending):
        phase, amount, reverses = Phase.POST, link.amount or pending.amount, pending.reverses
    if amount.amount > pending.amount.amount:
        raise PendingExceeded
    if amount.currency != pending.amount.currency:
        raise CurrencyMixed
    return Recorded(
        link.id, phase, pending.debit, pending.credit, amount, pending.id, reverses, None, link.reason,
        link.reference, first, _UNRECORDED,
    )  # fmt: skip
