"""What goes back, as chains of transfers.

Held under the reference ``refund:<id>``, ended under ``refund:<id>:settled``, ``:released`` or ``:returned``.
"""

from collections.abc import Iterable
from dataclasses import replace

from kit.money import Money
from payments.model.ledger import (
    Book,
    Chain,
    PersonId,
    PostPending,
    Transfer,
    VoidPending,
)
from payments.model.ledger_books import Recorded
from payments.model.ledger_chart import INR, chargebacks, clearing, wallet
from payments.model.payment import Payment
from payments.model.refund import RefundId
from payments.model.sale import Sale
from payments.service import ledger_chains
from payments.service.capturing import reference_of
from payments.service.ledger_chains import transfer_id


def reference_of_refund(refund: RefundId) -> str:
    """Return how the books call what is held for a refund."""
    return f"refund:{refund}"


def held(refund: RefundId, payment: Payment, back: Sale, unspent: int) -> Chain:
    """Return ``back`` out of ``payment``, pending.

    Of a top-up ``unspent`` goes out of the wallet, and the rest is our loss.
    """
    event, taken = reference_of_refund(refund), reference_of(payment)
    if payment.purpose == "top_up":
        return _held_of_wallet(event, payment.person, taken, back.gross, unspent)
    if payment.source == "gateway":
        return ledger_chains.refund_held(event, payment.line, taken, back)
    chain = ledger_chains.refunded_to_wallet(event, payment.person, payment.line, taken, back)
    return Chain(tuple(replace(one, pending=True) for one in chain.links if isinstance(one, Transfer)))


def _held_of_wallet(event: str, person: PersonId, taken: str, paise: int, unspent: int) -> Chain:
    parts = (("wallet", wallet(person), unspent), ("loss", chargebacks(Book.WALLET), paise - unspent))
    return Chain(
        tuple(
            Transfer(
                transfer_id(event, part),
                debit,
                clearing(Book.WALLET),
                Money(amount, INR),
                "refund",
                event,
                pending=True,
                reverses=transfer_id(taken, "wallet"),
            )
            for part, debit, amount in parts
            if amount
        )
    )


def settled(event: str, holds: Iterable[Recorded]) -> Chain:
    """Return the end of what ``holds``, after it happened."""
    return Chain(tuple(PostPending(transfer_id(event, one.id), one.id, one.reason, event) for one in holds))


def released(event: str, holds: Iterable[Recorded]) -> Chain:
    """Return the end of what ``holds``, when it will not happen."""
    return Chain(tuple(VoidPending(transfer_id(event, one.id), one.id, one.reason, event) for one in holds))


def restored(event: str, gone: Iterable[Recorded]) -> Chain:
    """Return that all of ``gone`` is back: each a restoration of its reversal (ADR 150)."""
    return Chain(tuple(_back(event, one) for one in gone))


def _back(event: str, one: Recorded) -> Transfer:
    return Transfer(
        transfer_id(event, one.id),
        one.credit,
        one.debit,
        one.amount,
        "returned",
        event,
        reverses=one.id,
    )
