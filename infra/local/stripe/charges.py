"""Charges: what money moved, with its balance transactions. Fees here are 2 % and 18 % GST on them."""

from fractions import Fraction

from local.stripe import disputes
from local.stripe.cards import Card
from local.stripe.entries import moved
from local.stripe.params import Params
from local.stripe.records import Body
from local.stripe.world import World

_FEE = Fraction(2, 100)
_FEE_TAX = Fraction(18, 100)


def fee_of(amount: int) -> int:
    """Return what the gateway keeps of ``amount``, half a paisa rounded up."""
    fee = amount * _FEE * (1 + _FEE_TAX)
    return int(fee + Fraction(1, 2))


def charge(
    world: World, intent: Body, method: Body, card: Card, failure: tuple[str, str | None, str] | None
) -> Body:
    """Keep one try to charge ``intent``, taken, authorised or failed, and tell of it."""
    held = intent["capture_method"] == "manual"
    paid = failure is None
    amount = intent["amount"]
    made = world.make(
        "charge",
        "ch",
        {
            "amount": amount,
            "amount_captured": amount if paid and not held else 0,
            "amount_refunded": 0,
            "currency": intent["currency"],
            "customer": intent["customer"],
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "paid": paid,
            "captured": paid and not held,
            "refunded": False,
            "disputed": False,
            "status": "succeeded" if paid else "failed",
            "failure_code": failure[0] if failure else None,
            "failure_message": failure[2] if failure else None,
            "outcome": _outcome(failure),
            "balance_transaction": None,
            "metadata": intent["metadata"],
            "payment_method_details": {"type": "card", "card": method["card"]},
        },
        intent["id"],
    )
    if paid and not held:
        _settle(world, made)
    world.emit("charge.succeeded" if paid else "charge.failed", made)
    if paid and card.disputed:
        disputes.opened(world, made)
    return made


def capture(world: World, charged: Body, amount: int) -> Body:
    """Take ``amount`` of what was authorised; the rest is released."""
    charged |= {"captured": True, "amount_captured": amount, "amount_refunded": charged["amount"] - amount}
    _settle(world, charged)
    world.emit("charge.captured", charged)
    return charged


def _settle(world: World, charged: Body) -> None:
    taken = charged["amount_captured"]
    entry = moved(
        world, "charge", taken, fee=fee_of(taken), currency=charged["currency"], source=charged["id"]
    )
    world.keep(charged | {"balance_transaction": entry["id"]})
    charged["balance_transaction"] = entry["id"]


def _outcome(failure: tuple[str, str | None, str] | None) -> Body:
    if failure is None:
        return {"type": "authorized", "network_status": "approved_by_network", "reason": None}
    return {
        "type": "issuer_declined",
        "network_status": "declined_by_network",
        "reason": failure[1] or failure[0],
    }


def retrieve(world: World, params: Params, charge_id: str) -> Body:
    """GET /v1/charges/{charge}."""
    params.done()
    return world.find(charge_id, "ch", "charge")


def listed(world: World, params: Params) -> Body:
    """GET /v1/charges."""
    intent = params.text("payment_intent")
    page = world.listed(params, world.records.newest("charge", intent), "/v1/charges")
    params.done()
    return page


def transactions(world: World, params: Params) -> Body:
    """GET /v1/balance_transactions."""
    kind, source = params.text("type"), params.text("source")
    found = [
        each
        for each in world.records.newest("balance_transaction")
        if kind in (None, each["type"]) and source in (None, each["source"])
    ]
    page = world.listed(params, found, "/v1/balance_transactions")
    params.done()
    return page


def balance(world: World, params: Params) -> Body:
    """GET /v1/balance."""
    params.done()
    sums: dict[str, int] = {}
    for entry in world.records.newest("balance_transaction"):
        sums[entry["currency"]] = sums.get(entry["currency"], 0) + entry["net"]
    available = [{"amount": amount, "currency": currency} for currency, amount in sorted(sums.items())]
    return {"object": "balance", "livemode": False, "available": available, "pending": []}
