"""Builders for tests of the books: transfers with ids of their own, wallets with money in them."""

from datetime import UTC, datetime
from uuid import uuid4

from kit.money import Money
from payments.model.ledger import (
    Account,
    AccountCode,
    Book,
    Chain,
    Guard,
    Kind,
    Link,
    PersonId,
    PostPending,
    Transfer,
    TransferId,
    VoidPending,
)
from payments.model.ledger_chart import clearing, revenue
from payments.ports.ledger import Ledger

NOW = datetime(2026, 4, 1, 6, 30, tzinfo=UTC)
COURSES, WALLET = Book.COURSES, Book.WALLET
VOUCHER = Account(
    AccountCode("courses:vouchers:INR"),
    COURSES,
    Kind.ASSET,
    "INR",
    Guard.CREDITS_MUST_NOT_EXCEED_DEBITS,
    "courses:vouchers:INR",
)
DOLLARS = Account(
    AccountCode("courses:clearing:USD"), COURSES, Kind.ASSET, "USD", Guard.NONE, "courses:clearing:USD"
)
OTHERS = (VOUCHER, DOLLARS)
"""Accounts beside the chart: one guarded the other way round, one in another currency."""


def new_id() -> TransferId:
    return TransferId(str(uuid4()))


def transfer(
    debit: AccountCode,
    credit: AccountCode,
    paise: int,
    *,
    currency: str = "INR",
    pending: bool = False,
    timeout_s: int | None = None,
    reverses: TransferId | None = None,
    reference: str = "evt_1",
    key: TransferId | None = None,
) -> Transfer:
    return Transfer(
        key or new_id(),
        debit,
        credit,
        Money(paise, currency),
        "test",
        reference,
        pending,
        timeout_s,
        reverses,
    )


def capture(paise: int = 100_00, *, pending: bool = False) -> Transfer:
    return transfer(clearing(COURSES), revenue(COURSES), paise, pending=pending)


def ended(one: Transfer, paise: int | None = None) -> PostPending:
    return PostPending(new_id(), one.id, "test", "evt_2", None if paise is None else Money(paise))


def voided(one: Transfer) -> VoidPending:
    return VoidPending(new_id(), one.id, "test", "evt_2")


def chain(*links: Link) -> Chain:
    return Chain(links)


def wallet_with(ledger: Ledger, paise: int, at: datetime = NOW) -> AccountCode:
    """Return a new person's wallet with ``paise`` in it."""
    wallet = ledger.open_wallet(PersonId(str(uuid4())), "INR", at)
    if paise:
        ledger.post(chain(transfer(clearing(WALLET), wallet, paise, reference="evt_topup")), at)
    return wallet
