"""The wallet: what is in it, what came and went, and buying with it."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from kit.http import Body, View
from payments.model.ledger_books import Balance, StatementLine
from payments.schemas.catalogue import SkuText
from payments.schemas.money import AmountView, money


class WalletView(View):
    """``available`` is what may be spent: the balance without what is held."""

    balance: AmountView
    held: AmountView
    available: AmountView


class WalletLineView(View):
    """One movement: positive came in."""

    id: UUID
    amount: AmountView
    balance: AmountView = Field(description="With this movement")
    reason: str
    reference: str = Field(description="What caused it: payment:<id>, refund:<id> …")
    at: datetime


class PurchaseIn(Body):
    """A course to buy."""

    sku: SkuText


def wallet_view(found: Balance | None) -> WalletView:
    """Return a wallet, empty where there is none yet."""
    balance = found.credits_posted - found.debits_posted if found else 0
    held = found.debits_pending if found else 0
    return WalletView(balance=money(balance), held=money(held), available=money(balance - held))


def line_view(one: StatementLine) -> WalletLineView:
    """Return a line from its person's side: a wallet is our debt, so a credit is theirs."""
    return WalletLineView(
        id=UUID(one.transfer),
        amount=money(-one.amount),
        balance=money(-one.running),
        reason=one.reason,
        reference=one.reference,
        at=one.recorded_at,
    )
