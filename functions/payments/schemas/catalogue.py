"""What is for sale, what it would cost, and the page on which it is paid."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from kit.http import Body, View
from kit.identity import Plan
from payments.model.entitlement import Kyc
from payments.model.gateway import Interval
from payments.model.ledger import Book
from payments.model.offer import LEAST_TOP_UP, MOST_TOP_UP, Purpose, Sku
from payments.model.quote import Order
from payments.schemas.money import AmountView, SaleView
from payments.schemas.profile import State

SkuText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,80}$")]


class OfferView(View):
    """One product at today's price."""

    sku: str
    title: str
    price: AmountView = Field(description="Tax included")


class PlanOfferView(OfferView):
    """One subscription at today's price."""

    plan: Plan
    interval: Interval
    trial_days: int


class OffersView(View):
    """Courses for sale, the cheapest first."""

    items: tuple[OfferView, ...]


class PlansView(View):
    """Subscriptions for sale, the cheapest first."""

    items: tuple[PlanOfferView, ...]


class OrderIn(Body):
    """Either a sku of /plans or /offers, or an amount for the wallet."""

    sku: SkuText | None = None
    top_up: int | None = Field(
        default=None, ge=LEAST_TOP_UP, le=MOST_TOP_UP, description="Paise, ₹100 to ₹10 lakh"
    )

    @model_validator(mode="after")
    def _one_thing(self) -> "OrderIn":
        if (self.sku is None) == (self.top_up is None):
            raise ValueError("give either sku or top_up")
        return self

    def order(self) -> Order:
        """Return it in the domain's words."""
        return Order(Sku(self.sku) if self.sku is not None else None, self.top_up)


class QuoteIn(OrderIn):
    """What is to be priced."""

    state: State | None = Field(
        default=None, description="Where the buyer is; else as in the billing profile"
    )


class PriceQuoteView(View):
    """A price and what buying asks for. It binds nobody."""

    sku: str
    title: str
    purpose: Purpose
    line: Book
    price: SaleView
    state: str
    trial_days: int
    step_up: int = Field(description="0 none, 1 a one-time code, 2 the authenticator app")
    kyc: Kyc = Field(description="awaited: the identity check comes first")
    cap_left: AmountView | None = Field(description="What the yearly fee cap leaves, net of tax")
    within_cap: bool
    counts: AmountView = Field(
        description="What it takes of your limit: with a subscription, all it charges until 31 March"
    )
    limit_left: AmountView | None = Field(
        description="What the limit of your verification leaves for it this financial year; null: no limit"
    )
    within_limit: bool
    owned: bool


class CheckoutView(View):
    """What was begun, and where it is paid while that page is open."""

    id: UUID = Field(description="Of the payment, or of the subscription")
    purpose: Purpose
    sku: str
    status: str = Field(description="The payment's or the subscription's")
    price: AmountView
    address: str | None
    expires_at: datetime | None
