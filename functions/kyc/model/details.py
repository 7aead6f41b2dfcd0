"""What a person says of themselves, and the form of the numbers: kept sealed, the Aadhaar number never."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

_PAN: Final = re.compile(r"[A-Z]{3}P[A-Z][0-9]{4}[A-Z]")
_AADHAAR: Final = re.compile(r"[2-9][0-9]{11}")
# Verhoeff's check: the multiplication of the dihedral group D5, and its permutation
_PRODUCT: Final = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_TURNS: Final = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Details:
    """``aadhaar_reference`` stands for the number at the provider; of the number four digits are kept."""

    name: str
    born: date
    pan: str
    aadhaar_last4: str
    aadhaar_reference: str
    email: str


def is_pan(text: str) -> bool:
    """Whether ``text`` has the form of an individual's permanent account number (P in the fourth place).

    Source: Income-tax Department, structure of the PAN.
    """
    return _PAN.fullmatch(text) is not None


def is_aadhaar(text: str) -> bool:
    """Whether ``text`` has the form of an Aadhaar number: twelve digits, not 0 or 1 first, Verhoeff's check.

    Source: UIDAI, "UID Numbering Scheme" (2010).
    """
    return _AADHAAR.fullmatch(text) is not None and _check(text) == 0


def _check(digits: str) -> int:
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_PRODUCT[check][int(_TURNS[place % 8][int(digit)])])
    return check


def age(born: date, today: date) -> int:
    """Return whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
