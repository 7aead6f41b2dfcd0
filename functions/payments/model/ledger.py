"""Double entry: accounts, and transfers between two of them.

The words are the accountant's, and for two-phase transfers, linked chains and guards those of TigerBeetle
(https://docs.tigerbeetle.com/reference/transfer). A debit raises assets and expenses, a credit raises
liabilities and income.
"""

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from kit.money import Money

AccountCode = NewType("AccountCode", str)
TransferId = NewType("TransferId", str)
PersonId = NewType("PersonId", str)

LONGEST_CHAIN = 100
HIGHEST_AMOUNT = 10**15
"""In minor units: ten lakh crore rupees, far below what 64 bits hold even summed over a chain."""
LONGEST_TIMEOUT_S = 366 * 86400
_LONGEST_REASON, _LONGEST_REFERENCE = 60, 200


class Book(StrEnum):
    """A product line whose books balance by themselves."""

    COURSES = "courses"
    RESEARCH = "research"
    WALLET = "wallet"


class Kind(StrEnum):
    """The type of an account."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


class Guard(StrEnum):
    """What an account's balance must never do; pending amounts count against it."""

    NONE = "none"
    DEBITS_MUST_NOT_EXCEED_CREDITS = "debits_must_not_exceed_credits"
    CREDITS_MUST_NOT_EXCEED_DEBITS = "credits_must_not_exceed_debits"


class Phase(StrEnum):
    """Posted at once; or pending, which ends once: posted (all or a part), voided or expired."""

    POSTED = "posted"
    PENDING = "pending"
    POST = "post"
    VOID = "void"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class Account:
    """``control``: its line in the trial balance. ``bridge``: the pair through which two books meet."""

    code: AccountCode
    book: Book
    kind: Kind
    currency: str
    guard: Guard
    control: str
    bridge: str | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """``amount`` from ``credit`` to ``debit``; ``pending`` only holds it, for ``timeout_s`` or until ended.

    ``reverses`` names a posted transfer: all its reversals together never exceed it. ``reference`` says
    what caused it (the gateway's event), ``reason`` what it is for.
    """

    id: TransferId
    debit: AccountCode
    credit: AccountCode
    amount: Money
    reason: str
    reference: str
    pending: bool = False
    timeout_s: int | None = None
    reverses: TransferId | None = None

    def __post_init__(self) -> None:
        _demand_words(self.id, self.reason, self.reference)
        _demand_amount(self.amount)
        if self.debit == self.credit:
            raise ValueError("a transfer moves between two accounts")
        if self.timeout_s is not None and not (self.pending and 0 < self.timeout_s <= LONGEST_TIMEOUT_S):
            raise ValueError("only a pending transfer has a time-out, of a second to a year")


@dataclass(frozen=True, slots=True)
class PostPending:
    """Posts the pending transfer: all of it, or ``amount``; the rest is free again."""

    id: TransferId
    pending_id: TransferId
    reason: str
    reference: str
    amount: Money | None = None

    def __post_init__(self) -> None:
        _demand_words(self.id, self.reason, self.reference)
        if self.amount is not None:
            _demand_amount(self.amount)


@dataclass(frozen=True, slots=True)
class VoidPending:
    """Gives back all that the pending transfer held."""

    id: TransferId
    pending_id: TransferId
    reason: str
    reference: str

    def __post_init__(self) -> None:
        _demand_words(self.id, self.reason, self.reference)


Link = Transfer | PostPending | VoidPending


@dataclass(frozen=True, slots=True)
class Chain:
    """Linked transfers: recorded all or none, at one instant. A guard is held by the chain as a whole."""

    links: tuple[Link, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.links) <= LONGEST_CHAIN:
            raise ValueError(f"a chain has 1 to {LONGEST_CHAIN} transfers")
        if len({one.id for one in self.links}) != len(self.links):
            raise ValueError("each transfer of a chain has an id of its own")
        ending = [one.pending_id for one in self.links if not isinstance(one, Transfer)]
        if len(set(ending)) != len(ending):
            raise ValueError("a pending transfer ends once")


def _demand_words(transfer: TransferId, reason: str, reference: str) -> None:
    if str(uuid.UUID(transfer)) != transfer:
        raise ValueError(f"a transfer's id is a UUID in its canonical form, not {transfer}")
    if not (0 < len(reason) <= _LONGEST_REASON and 0 < len(reference) <= _LONGEST_REFERENCE):
        raise ValueError("a transfer says its reason (60 letters) and its reference (200)")
    if "\x00" in reason + reference:
        raise ValueError("a reason and a reference are text")


def _demand_amount(amount: Money) -> None:
    if not 0 < amount.amount <= HIGHEST_AMOUNT:
        raise ValueError(f"an amount is 1 to {HIGHEST_AMOUNT} minor units")
