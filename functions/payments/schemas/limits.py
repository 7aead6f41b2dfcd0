"""What somebody may pay in, and what of it is used."""

from datetime import date
from typing import Literal

from pydantic import Field

from kit.http import View
from payments.model.ledger import Book
from payments.model.limit import Room
from payments.model.offer import day_of
from payments.schemas.money import AmountView, money


class LimitView(View):
    """What a KYC tier allows in a financial year of money for research and the wallet, tax included."""

    tier: Literal["none", "basic", "standard", "unlimited"] = Field(
        description="The tier that holds; of whom KYC knows nothing, a laptop may vouch for one"
    )
    limit: AmountView | None = Field(description="null: without one")
    used: AmountView = Field(description="paid, waiting and coming together")
    left: AmountView | None
    paid: AmountView = Field(description="Captured, less what was refunded")
    waiting: AmountView = Field(description="On pages that are still open")
    coming: AmountView = Field(description="What your subscription will charge before the year is over")
    since: date
    until: date = Field(description="The day on which the next financial year begins")


def limit_view(room: Room) -> LimitView:
    """Return ``room`` as its person sees it."""
    left = room.left_for(Book.WALLET)  # which takes the place of nothing that is used
    return LimitView(
        tier=room.tier,
        limit=None if room.limit is None else money(room.limit),
        used=money(room.used),
        left=None if left is None else money(left),
        paid=money(room.paid),
        waiting=money(room.waiting),
        coming=money(room.coming),
        since=day_of(room.year.start),
        until=day_of(room.year.end),
    )
