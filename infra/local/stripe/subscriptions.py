"""Subscriptions: begun on the hosted page, renewed on the platform's clock, ended."""

from local.stripe import customers, invoices
from local.stripe.errors import StripeRefusal, invalid
from local.stripe.params import Params
from local.stripe.periods import boundary
from local.stripe.records import Body
from local.stripe.world import World

_DAY = 86_400
LIVE = {"active", "trialing", "past_due"}
_MOST_RENEWALS = 1_000


def begun(world: World, session: Body, customer: str, method: Body) -> Body | None:
    """Make the subscription of a hosted page with its first invoice; return what is to be paid, or None."""
    if session["subscription"] is None:
        subscription = _make(world, session, customer)
        session |= {"subscription": subscription["id"], "invoice": subscription["latest_invoice"]}
    customers.attached(world, method | {"_set_up": True}, customer)
    subscription = world.find(session["subscription"], "sub")
    world.keep(subscription | {"default_payment_method": method["id"]})
    invoice = world.find(subscription["latest_invoice"], "in")
    return invoices.intent_of(world, invoice) if invoice["amount_due"] else None


def _make(world: World, session: Body, customer: str) -> Body:
    line = session["line_items"]["data"][0]
    wished, now = session["_subscription"], world.at()
    trial_end = now + wished["trial_days"] * _DAY if wished["trial_days"] else None
    end = trial_end or boundary(now, line["price"]["recurring"], 1)
    subscription = world.make(
        "subscription",
        "sub",
        {
            "status": "incomplete",
            "customer": customer,
            "currency": line["currency"],
            "collection_method": "charge_automatically",
            "cancel_at_period_end": False,
            "cancel_at": None,
            "canceled_at": None,
            "ended_at": None,
            "start_date": now,
            "billing_cycle_anchor": trial_end or now,
            "trial_start": now if trial_end else None,
            "trial_end": trial_end,
            "default_payment_method": None,
            "latest_invoice": None,
            "description": wished["description"],
            "metadata": wished["metadata"],
            "items": {
                "object": "list",
                "has_more": False,
                "url": "",
                "data": [
                    {
                        "id": world.new_id("si"),
                        "object": "subscription_item",
                        "price": line["price"],
                        "quantity": line["quantity"],
                        "current_period_start": now,
                        "current_period_end": end,
                        "metadata": {},
                    }
                ],
            },
            "_periods": 0 if trial_end else 1,
            "_carried": 0,
        },
        customer,
    )
    subscription["items"]["data"][0]["subscription"] = subscription["id"]
    amount = 0 if trial_end else line["amount_total"]
    invoice = invoices.make(world, subscription, amount, "subscription_create", (now, end))
    subscription["latest_invoice"] = invoice["id"]
    world.emit("customer.subscription.created", world.keep(subscription))
    return subscription


def activated(world: World, session: Body) -> None:
    """Begin: the first invoice is paid, or there is a trial."""
    subscription = world.find(session["subscription"], "sub")
    invoices.settle(world, world.find(subscription["latest_invoice"], "in"))
    changed(world, subscription, status="trialing" if subscription["trial_end"] else "active")


def revived(world: World, subscription_id: str) -> None:
    """Be active again once nothing is owed."""
    subscription = world.find(subscription_id, "sub")
    owed = any(each["status"] == "open" for each in world.records.newest("invoice", subscription_id))
    if subscription["status"] == "past_due" and not owed:
        changed(world, subscription, status="active")


def changed(world: World, subscription: Body, **members: object) -> None:
    """Keep other members and tell of them."""
    subscription |= members
    world.emit("customer.subscription.updated", world.keep(subscription))


def tick(world: World) -> None:
    """Renew, or end, what is due on the clock; a jump of a year renews twelve times."""
    for subscription in world.records.newest("subscription"):
        for _ in range(_MOST_RENEWALS):
            item = subscription["items"]["data"][0]
            if subscription["status"] not in LIVE or item["current_period_end"] > world.now():
                break
            with world.pinned(item["current_period_end"]):
                _turn(world, subscription, item)


def _turn(world: World, subscription: Body, item: Body) -> None:
    """Go over the end of a period."""
    now = item["current_period_end"]
    if subscription["cancel_at_period_end"]:
        _end(world, subscription)
        return
    subscription["_periods"] += 1
    end = boundary(subscription["billing_cycle_anchor"], item["price"]["recurring"], subscription["_periods"])
    item |= {"current_period_start": now, "current_period_end": end}
    if subscription["status"] == "trialing":
        subscription["status"] = "active"
    amount = item["price"]["unit_amount"] * item["quantity"]
    bill(world, subscription, amount, "subscription_cycle")


def bill(world: World, subscription: Body, amount: int, reason: str) -> StripeRefusal | None:
    """Ask for ``amount`` and what was carried over; a failure makes the subscription past due."""
    item = subscription["items"]["data"][0]
    total = amount + subscription["_carried"]
    subscription["_carried"] = min(0, total)
    period = (item["current_period_start"], item["current_period_end"])
    invoice = invoices.make(world, subscription, total, reason, period)
    subscription["latest_invoice"] = invoice["id"]
    world.keep(subscription)
    default = subscription["default_payment_method"]
    method = (
        world.records.get(default) if default else customers.default_method(world, subscription["customer"])
    )
    refusal = invoices.collect(world, invoice, method)
    changed(world, subscription, status="past_due" if refusal else subscription["status"])
    return refusal


def cancel(world: World, params: Params, subscription: str) -> Body:
    """DELETE /v1/subscriptions/{subscription}."""
    known = world.find(subscription, "sub", "id")
    params.flag("prorate")
    params.flag("invoice_now")
    params.done()
    if known["status"] == "canceled":
        raise invalid("This subscription is canceled already.", code="resource_missing")
    _end(world, known)
    return known


def _end(world: World, known: Body) -> None:
    now = world.at()
    known |= {"status": "canceled", "canceled_at": known["canceled_at"] or now, "ended_at": now}
    world.emit("customer.subscription.deleted", world.keep(known))


def retrieve(world: World, params: Params, subscription: str) -> Body:
    """GET /v1/subscriptions/{subscription}."""
    params.done()
    return world.find(subscription, "sub", "id")


def listed(world: World, params: Params) -> Body:
    """GET /v1/subscriptions."""
    status = params.text("status")
    found = [
        each
        for each in world.records.newest("subscription", params.text("customer"))
        if status in ("all", each["status"]) or (status is None and each["status"] != "canceled")
    ]
    page = world.listed(params, found, "/v1/subscriptions")
    params.done()
    return page
