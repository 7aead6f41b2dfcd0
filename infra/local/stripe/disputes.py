"""Disputes: the customer's bank takes the money back, with a fee, and decides later."""

from local.stripe.entries import moved
from local.stripe.errors import invalid
from local.stripe.params import Params
from local.stripe.records import Body
from local.stripe.world import World

FEE = 1_500_00
"""In minor units, and kept whoever wins."""
_OPEN = {"needs_response", "under_review"}


def opened(world: World, charged: Body) -> Body:
    """Take ``charged`` back, and tell of it."""
    amount, currency = charged["amount_captured"], charged["currency"]
    made = world.make(
        "dispute",
        "dp",
        {
            "amount": amount,
            "currency": currency,
            "charge": charged["id"],
            "payment_intent": charged["payment_intent"],
            "reason": "fraudulent",
            "status": "needs_response",
            "balance_transactions": [],
        },
        charged["payment_intent"],
    )
    taken = moved(world, "adjustment", -amount, fee=FEE, currency=currency, source=made["id"])
    world.keep(made | {"balance_transactions": [taken]})
    charged["disputed"] = True
    world.keep(charged)
    world.emit("charge.dispute.created", world.find(made["id"], "dp"))
    world.emit("charge.dispute.funds_withdrawn", world.find(made["id"], "dp"))
    return made


def decided(world: World, dispute: str, *, won: bool) -> Body:
    """Let the bank decide. Raises what Stripe says of a dispute that is closed."""
    known = world.find(dispute, "dp", "dispute")
    if known["status"] not in _OPEN:
        raise invalid(f"This dispute is already closed: {known['status']}", "dispute")
    known["status"] = "won" if won else "lost"
    if won:
        back = moved(
            world, "adjustment", known["amount"], fee=0, currency=known["currency"], source=known["id"]
        )
        known["balance_transactions"] = [*known["balance_transactions"], back]
    world.emit("charge.dispute.closed", world.keep(known))
    if won:
        world.emit("charge.dispute.funds_reinstated", known)
    return known


def retrieve(world: World, params: Params, dispute: str) -> Body:
    """GET /v1/disputes/{dispute}."""
    params.done()
    return world.find(dispute, "dp", "dispute")


def listed(world: World, params: Params) -> Body:
    """GET /v1/disputes."""
    intent = params.text("payment_intent")
    charge = params.text("charge")
    found = [each for each in world.records.newest("dispute", intent) if charge in (None, each["charge"])]
    page = world.listed(params, found, "/v1/disputes")
    params.done()
    return page
