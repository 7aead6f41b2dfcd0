"""The chart of accounts: which accounts a book has, by code ``book:what:CURRENCY``.

System accounts are opened by the migrations and carry no guard, so that payments do not wait for each other;
the wallets of people are opened on demand and can never be less than nothing.
"""

import uuid

from payments.model.ledger import Account, AccountCode, Book, Guard, Kind, PersonId
from payments.model.sale import Gst

INR = "INR"
_COMMON = {
    "clearing": Kind.ASSET,
    "bank": Kind.ASSET,
    "fees": Kind.EXPENSE,
    "disputed": Kind.ASSET,
    "chargebacks": Kind.EXPENSE,
}
_SELLING = {
    "revenue": Kind.INCOME,
    "refunds": Kind.EXPENSE,
    "gst:cgst": Kind.LIABILITY,
    "gst:sgst": Kind.LIABILITY,
    "gst:igst": Kind.LIABILITY,
}


def clearing(book: Book) -> AccountCode:
    """Return what the gateway took and did not pay out yet."""
    return _code(book, "clearing")


def bank(book: Book) -> AccountCode:
    """Return what the gateway paid out."""
    return _code(book, "bank")


def fees(book: Book) -> AccountCode:
    """Return what the gateway keeps."""
    return _code(book, "fees")


def disputed(book: Book) -> AccountCode:
    """Return what customers' banks took back and have not decided about."""
    return _code(book, "disputed")


def chargebacks(book: Book) -> AccountCode:
    """Return what went back without our consent and is lost, tax included: the tax on it stays owed."""
    return _code(book, "chargebacks")


def revenue(book: Book) -> AccountCode:
    """Return what the product line earned, without tax."""
    return _code(_selling(book), "revenue")


def refunds(book: Book) -> AccountCode:
    """Return what of the revenue was given back, without tax."""
    return _code(_selling(book), "refunds")


def gst(book: Book, kind: Gst) -> AccountCode:
    """Return the tax of one kind owed to the state."""
    return _code(_selling(book), f"gst:{kind}")


def wallet(person: PersonId, currency: str = INR) -> AccountCode:
    """Return the wallet of a person (a UUID)."""
    return AccountCode(f"wallet:person:{uuid.UUID(person)}:{currency}")


def bridge(of: Book, to: Book) -> AccountCode:
    """Return the account in ``of`` that mirrors one in ``to``: what is owed between wallet and product."""
    if (of is Book.WALLET) == (to is Book.WALLET):
        raise ValueError("a bridge joins the wallet's book and a product's")
    return _code(of, f"bridge:{to}")


def wallet_account(person: PersonId, currency: str = INR) -> Account:
    """Return the account that a wallet is: our debt to a person."""
    return Account(
        wallet(person, currency),
        Book.WALLET,
        Kind.LIABILITY,
        currency,
        Guard.DEBITS_MUST_NOT_EXCEED_CREDITS,
        f"wallet:persons:{currency}",
    )


def system_accounts() -> tuple[Account, ...]:
    """Return every account that is there from the start, sorted by code."""
    made = [_system(book, what, kind) for book in Book for what, kind in _COMMON.items()]
    for book in (Book.COURSES, Book.RESEARCH):
        made += [_system(book, what, kind) for what, kind in _SELLING.items()]
        pair = f"{book}-wallet:{INR}"
        made.append(_system(book, "bridge:wallet", Kind.ASSET, pair))
        made.append(_system(Book.WALLET, f"bridge:{book}", Kind.LIABILITY, pair))
    return tuple(sorted(made, key=lambda one: one.code))


def _system(book: Book, what: str, kind: Kind, pair: str | None = None) -> Account:
    code = _code(book, what)
    return Account(code, book, kind, INR, Guard.NONE, code, pair)


def _code(book: Book, what: str) -> AccountCode:
    return AccountCode(f"{book}:{what}:{INR}")


def _selling(book: Book) -> Book:
    if book is Book.WALLET:
        raise ValueError("a wallet sells nothing: it has no revenue, refunds or tax")
    return book
