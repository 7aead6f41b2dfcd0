"""A subscription goes on at another price: prorated or with a period that begins anew; previews."""

import copy
from fractions import Fraction

from local.stripe import invoices, subscriptions
from local.stripe.errors import StripeRefusal, invalid
from local.stripe.params import Params
from local.stripe.periods import boundary
from local.stripe.records import Body
from local.stripe.world import World

_PRORATIONS = ("create_prorations", "none", "always_invoice")
_ANCHORS = ("unchanged", "now")
_WHEN_UNPAID = ("allow_incomplete", "error_if_incomplete")


def update(world: World, params: Params, subscription: str) -> Body:
    """POST /v1/subscriptions/{subscription}."""
    known = world.find(subscription, "sub", "id")
    if known["status"] not in subscriptions.LIVE:
        raise invalid(f"A subscription that is {known['status']} cannot be changed.")
    before = copy.deepcopy(known)
    known["metadata"] = params.metadata(known["metadata"])
    known["default_payment_method"] = params.text("default_payment_method") or known["default_payment_method"]
    behaviour = params.choice("proration_behavior", _PRORATIONS, "create_prorations")
    wanted = params.flag("cancel_at_period_end", default=known["cancel_at_period_end"])
    if wanted != known["cancel_at_period_end"]:
        item = known["items"]["data"][0]
        known["cancel_at"] = item["current_period_end"] if wanted else None
        known |= {"cancel_at_period_end": wanted, "canceled_at": world.at() if wanted else None}
    items = params.items("items")
    strict = params.choice("payment_behavior", _WHEN_UNPAID) == "error_if_incomplete"
    anew = _is_anew(params)
    params.done()
    for each in items:
        wanted_price = _wanted(world, known, each)
        refusal = _change(world, known, wanted_price, str(behaviour), anew=anew)
        if refusal is not None and strict:
            invoices.voided(world, world.find(known["latest_invoice"], "in"))
            subscriptions.changed(world, before)
            raise refusal
    subscriptions.changed(world, known)
    return known


def preview(world: World, params: Params) -> Body:
    """POST /v1/invoices/create_preview: what a change now, or else the next renewal, would ask for."""
    known = copy.deepcopy(world.find(params.needed("subscription"), "sub", "subscription"))
    details = params.inner("subscription_details")
    items, anew = details.items("items"), _is_anew(details)
    details.choice("proration_behavior", _PRORATIONS)
    details.done()
    params.done()
    item = known["items"]["data"][0]
    if items:
        price = _wanted(world, known, items[0])
        total = _settled(world, known, price, "always_invoice", anew=anew) + known["_carried"]
    else:
        if known["cancel_at_period_end"] or known["status"] not in subscriptions.LIVE:
            raise invalid("No upcoming invoices for this subscription.", code="invoice_upcoming_none")
        total = item["price"]["unit_amount"] * item["quantity"] + known["_carried"]
        end = boundary(known["billing_cycle_anchor"], item["price"]["recurring"], known["_periods"] + 1)
        item |= {"current_period_start": item["current_period_end"], "current_period_end": end}
    return {
        "id": world.new_id("upcoming_in"),
        "object": "invoice",
        "currency": known["currency"],
        "total": total,
        "amount_due": max(0, total),
        "lines": {
            "object": "list",
            "data": [invoices.line(world, known, total)],
            "has_more": False,
            "url": "",
        },
    }


def _is_anew(params: Params) -> bool:
    anchor = params.inner("billing_cycle_anchor")
    kind = anchor.choice("type", _ANCHORS)
    anchor.done()
    return kind == "now"


def _wanted(world: World, known: Body, wish: Params) -> Body:
    """Return the price that is wished for the one item."""
    item = known["items"]["data"][0]
    if wish.needed("id") != item["id"]:
        raise invalid(f"No such subscription item: '{wish.text('id')}'", wish.name("id"), "resource_missing")
    price_id = world.known(wish, "price", "price")
    item["quantity"] = wish.integer("quantity", least=1) or item["quantity"]
    wish.done()
    price: Body = world.find(price_id, "price") if price_id else item["price"]
    if price["recurring"] is None:
        raise invalid("The price specified is not recurring.", "items[0][price]")
    return price


def _change(world: World, known: Body, price: Body, behaviour: str, *, anew: bool) -> StripeRefusal | None:
    restarts = anew or known["items"]["data"][0]["price"]["recurring"] != price["recurring"]
    if known["status"] == "trialing":
        known["items"]["data"][0]["price"] = price
        return None
    asked = _settled(world, known, price, behaviour, anew=anew)
    if restarts or behaviour == "always_invoice":
        return subscriptions.bill(world, known, asked, "subscription_update")
    return None


def _settled(world: World, known: Body, price: Body, behaviour: str, *, anew: bool) -> int:
    """Put ``price`` in place and carry what is settled of the period; return what to bill besides."""
    item = known["items"]["data"][0]
    before = item["price"]["unit_amount"] * item["quantity"]
    after = price["unit_amount"] * item["quantity"]
    restarts = anew or item["price"]["recurring"] != price["recurring"]
    left = _left(world, item)
    item["price"] = price
    if behaviour != "none":
        known["_carried"] += _rounded(-before * left) + (0 if restarts else _rounded(after * left))
    if restarts:
        _restart(world, known, item)
    return after if restarts else 0


def _left(world: World, item: Body) -> Fraction:
    """Return which part of the period is still to come."""
    whole = item["current_period_end"] - item["current_period_start"]
    return Fraction(max(0, item["current_period_end"] - world.at()), whole)


def _rounded(value: Fraction) -> int:
    return round(value)


def _restart(world: World, known: Body, item: Body) -> None:
    now = world.at()
    known |= {"billing_cycle_anchor": now, "_periods": 1}
    item |= {
        "current_period_start": now,
        "current_period_end": boundary(now, item["price"]["recurring"], 1),
    }
