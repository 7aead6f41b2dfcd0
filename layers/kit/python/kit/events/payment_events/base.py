"""What all facts of money share: amounts, product lines, the topic."""

from typing import Annotated, ClassVar, Literal

import msgspec

from kit.events import Data

Line = Literal["courses", "research", "wallet"]
"""The product line, which is also the book it is posted in."""
Purpose = Literal["course", "subscription", "top_up"]
Source = Literal["gateway", "wallet"]
Interval = Literal["month", "year"]
Paise = Annotated[int, msgspec.Meta(ge=0)]


class Parts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an amount is made of: ``net`` for us, the taxes for the state."""

    net: Paise
    cgst: Paise = 0
    sgst: Paise = 0
    igst: Paise = 0

    @property
    def gross(self) -> int:
        """What the customer pays."""
        return self.net + self.cgst + self.sgst + self.igst


class Money(Data, frozen=True, kw_only=True):
    """A fact of money; a person is an id."""

    TOPIC: ClassVar[str] = "payment-events"
    SOURCE: ClassVar[str] = "/treum/payments"
