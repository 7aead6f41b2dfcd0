"""Who pays: what an invoice and the gateway must know of a person."""

import re
from dataclasses import dataclass
from typing import Final

from payments.model.gateway import CustomerRef
from payments.model.ledger import PersonId
from payments.model.sale import STATES

_GSTIN: Final = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]")
_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Profile:
    """``state`` is the place of supply, ``gstin`` a business's number, ``customer`` the gateway's name.

    An invoice to a business names its ``address``, lines of text (rule 46(d) of the CGST Rules).
    """

    person: PersonId
    email: str
    name: str
    state: str
    gstin: str | None = None
    customer: CustomerRef | None = None
    address: str | None = None


def gstin_weakness(gstin: str, state: str) -> str | None:
    """Return what is wrong with ``gstin`` for a business in ``state``, in one sentence, or None.

    Fifteen characters: the state's code, the PAN, a number, Z, and a check digit (form GST REG-06; base 36,
    weights 1 and 2 in turn, digits of each product summed).
    """
    if not _GSTIN.fullmatch(gstin):
        return "A GSTIN has 15 characters, such as 27AAPFU0939F1ZV"
    if gstin[:2] != STATES[state]:
        return f"This GSTIN is not of the state {state}"
    total = 0
    for place, letter in enumerate(gstin[:14]):
        product = _LETTERS.index(letter) * (1 + place % 2)
        total += product // 36 + product % 36
    return None if _LETTERS[-total % 36] == gstin[14] else "The check digit of this GSTIN does not fit"
