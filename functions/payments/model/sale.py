"""What a price is made of, and goods and services tax on a price that includes it.

Online courses and subscriptions bear 18 % (heading 9992 and 9983 of notification 11/2017-Central Tax (Rate)):
half central and half state tax where seller and buyer are in one state, integrated tax otherwise (sections 7
and 8 of the IGST Act, 2017). The place of supply to a person is the state on record (section 12(2)(b)). Each
tax is rounded to the paisa; what the roundings leave is ours, so that the parts always add up to the price.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

RATE_PERCENT: Final = 18
# fmt: off
STATES: Final[dict[str, str]] = {
    "JK": "01", "HP": "02", "PB": "03", "CH": "04", "UK": "05", "HR": "06", "DL": "07", "RJ": "08",
    "UP": "09", "BR": "10", "SK": "11", "AR": "12", "NL": "13", "MN": "14", "MZ": "15", "TR": "16",
    "ML": "17", "AS": "18", "WB": "19", "JH": "20", "OD": "21", "CG": "22", "MP": "23", "GJ": "24",
    "DH": "26", "MH": "27", "KA": "29", "GA": "30", "LD": "31", "KL": "32", "TN": "33", "PY": "34",
    "AN": "35", "TS": "36", "AP": "37", "LA": "38",
}
# fmt: on
"""States and union territories with their code in a GSTIN (form GST REG-01, list of state codes)."""


class Gst(StrEnum):
    """Central and state tax within a state, integrated tax between states (CGST and IGST Acts, 2017)."""

    CGST = "cgst"
    SGST = "sgst"
    IGST = "igst"


@dataclass(frozen=True, slots=True)
class Sale:
    """What a price is made of, in paise: ``net`` for us, ``taxes`` by kind for the state."""

    net: int
    taxes: tuple[tuple[Gst, int], ...] = ()

    @property
    def gross(self) -> int:
        """Net and taxes: what the customer pays."""
        return self.net + sum(amount for _, amount in self.taxes)

    def tax(self, kind: Gst) -> int:
        """Return the paise of one kind of tax."""
        return sum(amount for name, amount in self.taxes if name is kind)

    def parts(self) -> Iterable[tuple[str, int]]:
        """Yield ``revenue`` and each kind of tax with its paise, without those of nothing."""
        named = [("revenue", self.net), *((f"gst:{kind}", amount) for kind, amount in self.taxes)]
        return ((name, amount) for name, amount in named if amount)

    def less(self, *taken: "Sale") -> "Sale":
        """Return what is left of it after ``taken``."""
        taxes = tuple((kind, paise - sum(one.tax(kind) for one in taken)) for kind, paise in self.taxes)
        return Sale(self.net - sum(one.net for one in taken), taxes)

    def share(self, gross: int) -> "Sale":
        """Return what ``gross`` paise of it are made of: each tax in proportion, rounded, and the rest net.

        No part is less than nothing or more than there is, so that shares of what the ones before left add up
        to the whole. Where both taxes round up to more than ``gross`` the last one waits for another share.
        Raises ``ValueError`` for less than nothing or more than there is.
        """
        if not 0 <= gross <= self.gross:
            raise ValueError(f"no {gross} paise are left of {self.gross}")
        taxes, room = [], gross
        for kind, tax in self.taxes:
            paise = min(_half_up(tax * gross, self.gross) if gross else 0, room)
            taxes.append((kind, paise))
            room -= paise
        return Sale(room, tuple(taxes))


def sold_within(gross: int, seller: str, buyer: str) -> Sale:
    """Return what ``gross`` paise, tax included, are made of between a ``seller`` and ``buyer`` of states.

    Raises ``ValueError`` for a state that is none and for less than nothing.
    """
    if not {seller, buyer} <= STATES.keys() or gross < 0:
        raise ValueError(f"no sale of {gross} paise between {seller} and {buyer}")
    kinds = (Gst.CGST, Gst.SGST) if seller == buyer else (Gst.IGST,)
    each = _half_up(gross * RATE_PERCENT, (100 + RATE_PERCENT) * len(kinds))
    return Sale(gross - each * len(kinds), tuple((kind, each) for kind in kinds))


def untaxed(gross: int) -> Sale:
    """Return a movement that is no supply, such as money into a wallet."""
    return Sale(gross)


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
