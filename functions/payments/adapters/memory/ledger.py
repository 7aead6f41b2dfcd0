"""The books in memory: the same rules in the plainest form, folded anew for every question."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from payments.adapters.memory.ledger_rules import balance_of, postings, read_link, refuse_broken_bridge
from payments.errors import (
    BalanceInsufficient,
    PendingEnded,
    PendingExpired,
    ReversalExceeded,
    ReversalUnfounded,
    TransferDiffers,
)
from payments.model.ledger import (
    Account,
    AccountCode,
    Chain,
    Guard,
    PersonId,
    Phase,
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
from payments.model.ledger_chart import system_accounts, wallet_account


class MemoryLedger:
    """The ledger with the system's accounts and ``others``."""

    def __init__(self, others: Iterable[Account] = ()) -> None:
        self._accounts = {one.code: one for one in (*system_accounts(), *others)}
        self._transfers: dict[TransferId, Recorded] = {}  # in the order of recording

    def open_wallet(self, person: PersonId, currency: str, at: datetime) -> AccountCode:
        """Open, once."""
        del at
        made = wallet_account(person, currency)
        self._accounts.setdefault(made.code, made)
        return made.code

    def post(self, chain: Chain, at: datetime) -> Receipt:
        """Record on a copy, judge the copy, keep it."""
        read = [read_link(one, chain, self._accounts, self._transfers) for one in chain.links]
        refuse_broken_bridge(read, self._accounts)
        known = [self._transfers[one.id] for one in read if one.id in self._transfers]
        if known:
            return self._replayed(read, known)
        was = dict(self._transfers)
        moment = max([at, *self._last(read)])
        try:
            self._expire_touched(read, at, moment)
            self._record(read, moment)
            self._demand_originals(read)
            self._demand_guards(read)
        except Exception:
            self._transfers = was
            raise
        return Receipt(moment, replayed=False)

    def expire(self, at: datetime, limit: int) -> int:
        """End what is due, the longest overdue first."""
        due = [one for one in self._transfers.values() if _is_due(one, at)]
        due.sort(key=lambda one: (one.expires_at, one.id))
        for one in due[:limit]:
            self._end(one, max([at, *self._last([one])]))
        return len(due[:limit])

    def find(self, ids: Sequence[TransferId]) -> list[Recorded]:
        """Filter by id."""
        return [one for one in self._transfers.values() if one.id in ids]

    def caused_by(self, reference: str) -> list[Recorded]:
        """Filter by reference."""
        return [one for one in self._transfers.values() if one.reference == reference][:1000]

    def balance(self, account: AccountCode, at: datetime | None = None) -> Balance | None:
        """Fold."""
        known = self._accounts.get(account)
        return balance_of(known, self._transfers.values(), at) if known else None

    def statement(
        self, account: AccountCode, at: datetime, since: tuple[datetime, int] | None, limit: int
    ) -> list[StatementLine]:
        """Number the transfers as they came and keep those of the account."""
        rows = [
            (one.recorded_at, seq, one)
            for seq, one in enumerate(self._transfers.values(), 1)
            if one.phase in {Phase.POSTED, Phase.POST} and account in {one.debit, one.credit}
        ]
        lines, running = [], 0
        for moment, seq, one in sorted(rows, key=lambda row: row[:2]):
            amount = one.amount.amount if one.debit == account else -one.amount.amount
            running += amount
            if moment <= at and (since is None or (moment, seq) > since):
                other = one.credit if one.debit == account else one.debit
                lines.append(
                    StatementLine(seq, one.id, other, amount, running, one.reason, one.reference, moment)
                )
        return lines[:limit]

    def trial_balance(self, at: datetime) -> TrialBalance:
        """Fold by control account."""
        sums: dict[tuple[str, str], TrialLine] = {}
        for code, amount, moment in postings(self._transfers.values()):
            if moment <= at:
                one = self._accounts[code]
                blank = TrialLine(one.book, one.control, one.kind, one.currency, 0, 0)
                was = sums.get((one.book, one.control), blank)
                sums[one.book, one.control] = replace(
                    was, debits=was.debits + max(amount, 0), credits=was.credits + max(-amount, 0)
                )
        return TrialBalance(at, tuple(sums[key] for key in sorted(sums)))

    def discrepancies(self, since: datetime | None = None) -> list[Discrepancy]:
        """Return broken guards, ``since`` when ever; nothing else is kept twice here."""
        del since
        made = (balance_of(one, self._transfers.values(), None) for one in self._accounts.values())
        return [
            Discrepancy("a guard is broken", one.account, None, one.available.amount)
            for one in made
            if not one.within_guard
        ]

    def _replayed(self, read: list[Recorded], known: list[Recorded]) -> Receipt:
        links = [one for one in self._transfers.values() if one.chain == read[0].chain]
        if len(links) != len(read) or not _same(read, known):
            raise TransferDiffers
        return Receipt(known[0].recorded_at, replayed=True)

    def _guarded(self, read: Iterable[Recorded]) -> set[AccountCode]:
        sides = {side for one in read for side in (one.debit, one.credit)}
        return {side for side in sides if self._accounts[side].guard is not Guard.NONE}

    def _last(self, read: Iterable[Recorded]) -> list[datetime]:
        touched = self._guarded(read)
        return [one.recorded_at for one in self._transfers.values() if {one.debit, one.credit} & touched]

    def _expire_touched(self, read: list[Recorded], at: datetime, moment: datetime) -> None:
        touched, ending = self._guarded(read), {one.pending_id for one in read}
        originals = {one.reverses for one in read} - {None}
        for one in list(self._transfers.values()):
            related = {one.debit, one.credit} & touched or one.reverses in originals
            if _is_due(one, at) and one.id not in ending and related:
                self._end(one, moment)

    def _end(self, one: Recorded, moment: datetime) -> None:
        made = TransferId(str(uuid5(NAMESPACE_OID, f"expire:{one.id}")))
        ending = replace(
            one, id=made, phase=Phase.EXPIRE, pending_id=one.id, chain=made, recorded_at=moment,
            reason="expired", reverses=None, timeout_s=None, expires_at=None,
        )  # fmt: skip
        self._transfers[one.id] = replace(one, ended=Phase.EXPIRE)
        self._transfers[made] = ending

    def _record(self, read: list[Recorded], moment: datetime) -> None:
        for one in read:
            if one.pending_id is not None:
                self._resolve(self._transfers[one.pending_id], one.phase, moment)
            timeout = None if one.timeout_s is None else moment + timedelta(seconds=one.timeout_s)
            self._transfers[one.id] = replace(one, recorded_at=moment, expires_at=timeout)

    def _resolve(self, pending: Recorded, how: Phase, moment: datetime) -> None:
        if pending.ended is Phase.EXPIRE or _is_due(pending, moment):
            raise PendingExpired
        if pending.ended is not None:
            raise PendingEnded
        self._transfers[pending.id] = replace(pending, ended=how)

    def _demand_originals(self, read: list[Recorded]) -> None:
        back = self._reversed()
        for one in read:
            if one.reverses is None:
                continue
            original = self._transfers[one.reverses]
            if original.reverses is not None and self._transfers[original.reverses].reverses is not None:
                raise ReversalUnfounded("a restoration is not reversed: reverse the original again")
            if back[original.id] > original.amount.amount:
                raise ReversalExceeded

    def _reversed(self) -> dict[TransferId, int]:
        """Return what of each transfer is reversed or held to be, less what was restored of that."""
        back: dict[TransferId, int] = defaultdict(int)
        for one in self._transfers.values():
            if one.reverses is None or one.phase not in {Phase.POSTED, Phase.POST, Phase.PENDING}:
                continue
            if one.phase is Phase.PENDING and one.ended is not None:
                continue
            back[one.reverses] += one.amount.amount
            restored = self._transfers[one.reverses].reverses
            if restored is not None and one.phase is not Phase.PENDING:
                back[restored] -= one.amount.amount
        return back

    def _demand_guards(self, read: list[Recorded]) -> None:
        for code in sorted(self._guarded(read)):
            if not balance_of(self._accounts[code], self._transfers.values(), None).within_guard:
                raise BalanceInsufficient(f"the balance of {code} does not allow it")


def _is_due(one: Recorded, at: datetime) -> bool:
    open_ = one.phase is Phase.PENDING and one.ended is None
    return open_ and one.expires_at is not None and one.expires_at <= at


def _same(read: list[Recorded], known: list[Recorded]) -> bool:
    bare = [
        replace(one, recorded_at=read[0].recorded_at, expires_at=None, ended=None)
        for one in sorted(known, key=lambda one: one.id)
    ]
    return bare == sorted(read, key=lambda one: one.id)
