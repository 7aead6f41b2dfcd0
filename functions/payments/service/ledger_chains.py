"""What happens in business, as chains of transfers: one chain an event of the gateway.

The id of each transfer follows from the event and from what the transfer is for, so that an event that comes
twice, or whose answer was lost, is the same chain; and a refund finds what it reverses.
"""

import uuid
from collections.abc import Iterable

from kit.money import Money
from payments.model.ledger import (
    AccountCode,
    Book,
    Chain,
    Link,
    PersonId,
    PostPending,
    Transfer,
    TransferId,
    VoidPending,
)
from payments.model.ledger_chart import INR, bank, bridge, clearing, fees, gst, refunds, revenue, wallet
from payments.model.sale import Gst, Sale

_NAMESPACE = uuid.UUID("6f1f3f0e-6f5f-5b0e-9d0b-6c6564676572")


def transfer_id(event: str, part: str) -> TransferId:
    """Return the id of the transfer for ``part`` of ``event``: a UUID of version 5."""
    return TransferId(str(uuid.uuid5(_NAMESPACE, f"{event}/{part}")))


def captured(event: str, book: Book, sale: Sale) -> Chain:
    """Return the sale of a product that the gateway took the money for."""
    return Chain(tuple(_sold(event, book, sale, clearing(book))))


def refunded(event: str, book: Book, taken: str, back: Sale) -> Chain:
    """Return a refund by the gateway of ``back`` out of the sale that the event ``taken`` recorded."""
    return Chain(tuple(_given_back(event, book, taken, back, clearing(book))))


def refund_held(event: str, book: Book, taken: str, back: Sale) -> Chain:
    """Return the same, pending: until :func:`refund_settled` or :func:`refund_released`."""
    return Chain(tuple(_given_back(event, book, taken, back, clearing(book), pending=True)))


def refund_settled(event: str, held: str, back: Sale) -> Chain:
    """Return the end of the refund that ``held`` holds, after the gateway paid it."""
    ends = [
        PostPending(transfer_id(event, part), transfer_id(held, part), "refund", event)
        for part, _ in back.parts()
    ]
    return Chain(tuple(ends))


def refund_released(event: str, held: str, back: Sale) -> Chain:
    """Return the end of the refund that ``held`` holds, when it will not be paid."""
    ends = [
        VoidPending(transfer_id(event, part), transfer_id(held, part), "refund", event)
        for part, _ in back.parts()
    ]
    return Chain(tuple(ends))


def topped_up(event: str, person: PersonId, paise: int) -> Chain:
    """Return money that the gateway took for a wallet."""
    return Chain((_move(event, "wallet", clearing(Book.WALLET), wallet(person), paise),))


def bought_from_wallet(event: str, person: PersonId, book: Book, sale: Sale) -> Chain:
    """Return a sale paid from a wallet: through the bridge, so that each book balances by itself."""
    pay = _move(event, "wallet", wallet(person), bridge(Book.WALLET, book), sale.gross)
    return Chain((pay, *_sold(event, book, sale, bridge(book, Book.WALLET))))


def refunded_to_wallet(event: str, person: PersonId, book: Book, taken: str, back: Sale) -> Chain:
    """Return a refund of ``back`` out of the sale ``taken`` into the wallet of ``person``."""
    pay = _move(event, "wallet", bridge(Book.WALLET, book), wallet(person), back.gross)
    return Chain((pay, *_given_back(event, book, taken, back, bridge(book, Book.WALLET))))


def fee_charged(event: str, book: Book, paise: int) -> Chain:
    """Return what the gateway keeps for itself."""
    return Chain((_move(event, "fee", fees(book), clearing(book), paise),))


def paid_out(event: str, book: Book, paise: int) -> Chain:
    """Return what the gateway paid into our bank account."""
    return Chain((_move(event, "payout", bank(book), clearing(book), paise),))


def _sold(event: str, book: Book, sale: Sale, source: AccountCode) -> Iterable[Link]:
    for part, paise in sale.parts():
        yield _move(event, part, source, _income(book, part), paise)


def _given_back(
    event: str, book: Book, taken: str, back: Sale, source: AccountCode, *, pending: bool = False
) -> Iterable[Link]:
    for part, paise in back.parts():
        debit = refunds(book) if part == "revenue" else _income(book, part)
        yield Transfer(
            transfer_id(event, part),
            debit,
            source,
            Money(paise, INR),
            "refund",
            event,
            pending=pending,
            reverses=transfer_id(taken, part),
        )


def _income(book: Book, part: str) -> AccountCode:
    return revenue(book) if part == "revenue" else gst(book, Gst(part.removeprefix("gst:")))


def _move(event: str, part: str, debit: AccountCode, credit: AccountCode, paise: int) -> Transfer:
    return Transfer(transfer_id(event, part), debit, credit, Money(paise, INR), part, event)
