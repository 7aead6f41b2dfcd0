"""What is for sale: plans by the month or year, courses, money into a wallet. Prices include tax.

A price is data with the days it is valid on (``payments/catalogue``); what somebody bought keeps the price it
was bought at.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final, Literal, NewType

from kit.identity import Plan
from payments.model.gateway import Interval
from payments.model.ledger import Book

Sku = NewType("Sku", str)
Purpose = Literal["course", "subscription", "top_up"]

LEAST_TOP_UP = 100_00
MOST_TOP_UP = 10_00_000_00
"""In paise: ₹100 to ₹10 lakh."""
_INDIA: Final = timezone(timedelta(hours=5, minutes=30))


def day_of(moment: datetime) -> date:
    """Return the day in India, on which a price is valid."""
    return moment.astimezone(_INDIA).date()


@dataclass(frozen=True, slots=True)
class Offer:
    """One product at one price in paise, from ``since`` on. ``plan`` and ``interval`` of a subscription only.

    ``line`` is the book it is posted in: courses and research services are kept apart.
    """

    sku: Sku
    title: str
    purpose: Purpose
    line: Book
    price: int
    since: date
    plan: Plan | None = None
    interval: Interval | None = None
    trial_days: int = 0

    def __post_init__(self) -> None:
        subscribes = self.purpose == "subscription"
        if self.price <= 0 or self.trial_days < 0:
            raise ValueError(f"{self.sku}: a price is more than nothing")
        if subscribes != (self.plan is not None) or subscribes != (self.interval is not None):
            raise ValueError(f"{self.sku}: a subscription has a plan and an interval, nothing else has")
        if self.line is Book.WALLET:
            raise ValueError(f"{self.sku}: a wallet sells nothing")

    @property
    def price_name(self) -> str:
        """The gateway's name of this price: another price is another name, so nobody's price changes."""
        return f"{self.sku}@{self.price}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every offer there ever was; ``seller`` is the state we are registered in."""

    offers: tuple[Offer, ...]
    seller: str

    def on(self, day: date) -> tuple[Offer, ...]:
        """Return what is for sale on ``day``, one offer a sku."""
        newest: dict[Sku, Offer] = {}
        for one in sorted(self.offers, key=lambda offer: offer.since):
            if one.since <= day:
                newest[one.sku] = one
        return tuple(newest.values())

    def find(self, sku: str, day: date) -> Offer | None:
        """Return the offer of ``sku`` on ``day``."""
        return next((one for one in self.on(day) if one.sku == sku), None)

    def named(self, price_name: str) -> Offer | None:
        """Return the offer that the gateway's price is of, whenever it was valid."""
        return next((one for one in self.offers if one.price_name == price_name), None)
