"""What is for sale, and what it would cost."""

from kit.http import PUBLIC, Request, Routes, signed_in
from payments import bootstrap
from payments.api.answers import person
from payments.errors.orders import OfferUnknown, ProfileMissing
from payments.model.offer import Offer
from payments.schemas.catalogue import (
    OffersView,
    OfferView,
    PlanOfferView,
    PlansView,
    PriceQuoteView,
    QuoteIn,
)
from payments.schemas.money import money, sale_view

routes = Routes()


@routes.get("/plans", summary="Today's subscriptions, tax included", reply=PlansView, access=PUBLIC)
def list_plans(_request: Request) -> PlansView:
    """List subscriptions."""
    found = bootstrap.orders.quoting().offers("subscription")
    return PlansView(items=tuple(_plan(one) for one in found))


@routes.get("/offers", summary="Courses for sale today, tax included", reply=OffersView, access=PUBLIC)
def list_offers(_request: Request) -> OffersView:
    """List courses."""
    found = bootstrap.orders.quoting().offers("course")
    return OffersView(
        items=tuple(OfferView(sku=one.sku, title=one.title, price=money(one.price)) for one in found)
    )


@routes.post(
    "/quotes",
    summary="What something would cost you, with its taxes, and what buying it asks for; no effect",
    body=QuoteIn,
    reply=PriceQuoteView,
    access=signed_in(),
    errors=(OfferUnknown, ProfileMissing),
)
def make_quote(request: Request) -> PriceQuoteView:
    """Quote."""
    body: QuoteIn = request.body
    quote = bootstrap.orders.quoting().quote(person(request), body.order(), body.state)
    return PriceQuoteView(
        sku=quote.sku,
        title=quote.title,
        purpose=quote.purpose,
        line=quote.line,
        price=sale_view(quote.sale),
        state=quote.state,
        trial_days=quote.trial_days,
        step_up=quote.step_up,
        kyc=quote.kyc,
        cap_left=None if quote.cap_left is None else money(quote.cap_left),
        within_cap=quote.within_cap,
        counts=money(quote.weight),
        limit_left=None if quote.limit_left is None else money(quote.limit_left),
        within_limit=quote.within_limit,
        owned=quote.owned,
    )


def _plan(one: Offer) -> PlanOfferView:
    assert one.plan is not None, "a subscription has a plan"
    assert one.interval is not None, "a subscription has an interval"
    return PlanOfferView(
        sku=one.sku,
        title=one.title,
        price=money(one.price),
        plan=one.plan,
        interval=one.interval,
        trial_days=one.trial_days,
    )
