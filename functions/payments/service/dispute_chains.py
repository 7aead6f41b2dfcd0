"""What customers' banks take, keep and give back, as transfers; the reference is ``dispute:<ref>``."""

from collections.abc import Iterator, Sequence
from typing import Final

from kit.money import Money
from payments.model.dispute import Movement
from payments.model.ledger import (
    AccountCode,
    Book,
    Link,
    PersonId,
    Phase,
    PostPending,
    Transfer,
    TransferId,
    VoidPending,
)
from payments.model.ledger_books import Recorded
from payments.model.ledger_chart import INR, chargebacks, clearing, disputed, fees, wallet
from payments.model.payment import Payment
from payments.model.sale import Gst, Sale
from payments.service.capturing import reference_of
from payments.service.ledger_chains import transfer_id

_REASON: Final = "dispute"
_PARTS: Final = ("revenue", *(f"gst:{kind}" for kind in Gst), "beyond")


def reference_of_dispute(ref: str) -> str:
    """Return how the books call all that happens about a dispute."""
    return f"dispute:{ref}"


def taken_by_bank(about: str, entry: Movement, payment: Payment, left: Sale) -> Iterator[Link]:
    """Yield what ``entry`` took: out of what is ``left`` of ``payment``, and what is beyond that.

    A bank may take what was refunded already: that part reverses nothing.
    """
    book, taken = payment.line, reference_of(payment)
    within = min(-entry.amount.amount, left.gross)
    parts = [
        (part, paise, transfer_id(taken, _original(book, part))) for part, paise in left.share(within).parts()
    ]
    for part, paise, original in [*parts, ("beyond", -entry.amount.amount - within, None)]:
        if paise:
            yield _move(about, _of(about, entry, part), (disputed(book), clearing(book)), paise, original)


def given_back_by_bank(about: str, entry: Movement, recorded: Sequence[Recorded]) -> Iterator[Link]:
    """Yield what ``entry`` gave back of what was taken: first of what reversed nothing.

    Each part of what was taken is given back once, whichever entry does it.
    """
    left, back = entry.amount.amount, {one.reverses for one in recorded}
    taken = [one for one in recorded if one.phase is Phase.POSTED and ":disputed:" in one.debit]
    for one in sorted(taken, key=lambda each: (each.reverses is not None, each.id)):
        paise = min(left, one.amount.amount)
        if paise and one.id not in back:
            left -= paise
            original = one.id if one.reverses is not None else None
            yield _move(about, _of(about, entry, one.id), (one.credit, one.debit), paise, original)


def is_recorded(about: str, entry: Movement, recorded: Sequence[Recorded]) -> bool:
    """Whether the books have ``entry``."""
    ids = {_of(about, entry, part) for part in (*_PARTS, *(one.id for one in recorded))}
    return any(one.id in ids for one in recorded)


def dispute_fee(about: str, entry: Movement, book: Book) -> Iterator[Link]:
    """Yield what the gateway charged with ``entry``."""
    if entry.fee.amount > 0:
        money = Money(entry.fee.amount, INR)
        yield Transfer(_of(about, entry, "fee"), fees(book), clearing(book), money, "fee", about)


def frozen(about: str, person: PersonId, paise: int) -> Link:
    """Return that ``paise`` in a wallet are held while the bank decides about their top-up."""
    sides = (wallet(person), chargebacks(Book.WALLET))
    return Transfer(_frozen(about), *sides, Money(paise, INR), _REASON, about, pending=True)


def thawed(about: str, recorded: Sequence[Recorded], *, lost: bool) -> Iterator[Link]:
    """Yield the end of what was frozen: taken where the dispute is lost, free again where it is won."""
    if any(one.id == _frozen(about) and one.ended is None for one in recorded):
        ends = PostPending if lost else VoidPending
        yield ends(transfer_id(about, "thawed"), _frozen(about), _REASON, about)


def kept_by_bank(about: str, book: Book, paise: int) -> Link:
    """Return that the bank keeps ``paise`` of what it took."""
    return _move(about, transfer_id(about, "lost"), (chargebacks(book), disputed(book)), paise)


def recovered(about: str, recorded: Sequence[Recorded]) -> Iterator[Link]:
    """Yield that a loss is none after all: the bank decided anew."""
    lost = transfer_id(about, "lost")
    for one in recorded:
        if one.id == lost:
            sides = (one.credit, one.debit)
            yield _move(about, transfer_id(about, "recovered"), sides, one.amount.amount)


def _original(book: Book, part: str) -> str:
    return "wallet" if book is Book.WALLET else part


def _of(about: str, entry: Movement, part: str) -> TransferId:
    return transfer_id(f"{about}/{entry.ref}", part)


def _frozen(about: str) -> TransferId:
    return transfer_id(about, "frozen")


def _move(
    about: str,
    named: TransferId,
    sides: tuple[AccountCode, AccountCode],
    paise: int,
    original: TransferId | None = None,
) -> Transfer:
    debit, credit = sides
    return Transfer(named, debit, credit, Money(paise, INR), _REASON, about, reverses=original)
