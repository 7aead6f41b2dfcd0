"""Refunds: in part, in whole, never more than was taken."""

from local.stripe.entries import moved
from local.stripe.errors import invalid
from local.stripe.params import Params
from local.stripe.records import Body
from local.stripe.world import World

_REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(world: World, params: Params) -> Body:
    """POST /v1/refunds."""
    charged = _charged(world, params)
    left = charged["amount_captured"] - _refunded(charged)
    amount = params.integer("amount", least=1) or left
    reason, metadata = params.choice("reason", _REASONS), params.metadata()
    params.done()
    if left == 0:
        raise invalid(f"Charge {charged['id']} has already been refunded.", code="charge_already_refunded")
    if amount > left:
        raise invalid(
            f"Refund amount ({_words(amount)}) is greater than unrefunded amount on charge ({_words(left)})",
            "amount",
        )
    made = world.make(
        "refund",
        "re",
        {
            "amount": amount,
            "charge": charged["id"],
            "payment_intent": charged["payment_intent"],
            "currency": charged["currency"],
            "reason": reason,
            "status": "succeeded",
            "failure_reason": None,
            "metadata": metadata,
        },
        charged["payment_intent"],
    )
    entry = moved(world, "refund", -amount, fee=0, currency=charged["currency"], source=made["id"])
    world.keep(made | {"balance_transaction": entry["id"]})
    made["balance_transaction"] = entry["id"]
    charged["amount_refunded"] += amount
    charged["refunded"] = _refunded(charged) == charged["amount_captured"]
    world.emit("charge.refunded", world.keep(charged))
    world.emit("refund.created", made)
    return made


def refused(world: World, refund: str) -> Body:
    """Let the customer's bank refuse a refund that succeeded: its amount is in our balance again."""
    known = world.find(refund, "re", "refund")
    if known["status"] != "succeeded":
        raise invalid(f"This refund is {known['status']}.", "refund")
    entry = moved(
        world, "refund_failure", known["amount"], fee=0, currency=known["currency"], source=known["id"]
    )
    known |= {
        "status": "failed",
        "failure_reason": "lost_or_stolen_card",
        "failure_balance_transaction": entry["id"],
    }
    charged = world.find(known["charge"], "ch")
    charged["amount_refunded"] -= known["amount"]
    charged["refunded"] = False
    world.keep(charged)
    world.emit("refund.failed", world.keep(known))
    return known


def _refunded(charged: Body) -> int:
    """Return what was given back; what a capture in part released is not a refund."""
    released = charged["amount"] - charged["amount_captured"]
    found: int = charged["amount_refunded"] - released
    return found


def _charged(world: World, params: Params) -> Body:
    intent_id, charge_id = params.text("payment_intent"), params.text("charge")
    if (intent_id is None) == (charge_id is None):
        raise invalid(
            "One of the following params should be provided for this request: payment_intent or charge."
        )
    if intent_id is not None:
        charge_id = world.find(intent_id, "pi", "payment_intent")["latest_charge"]
    charged = world.find(charge_id, "ch", "charge") if charge_id else None
    if charged is None or not charged["captured"]:
        raise invalid("This PaymentIntent does not have a successful charge to refund.", "payment_intent")
    return charged


def retrieve(world: World, params: Params, refund: str) -> Body:
    """GET /v1/refunds/{refund}."""
    params.done()
    return world.find(refund, "re", "refund")


def listed(world: World, params: Params) -> Body:
    """GET /v1/refunds."""
    intent = params.text("payment_intent")
    charge = params.text("charge")
    found = [each for each in world.records.newest("refund", intent) if charge in (None, each["charge"])]
    page = world.listed(params, found, "/v1/refunds")
    params.done()
    return page


def _words(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"
