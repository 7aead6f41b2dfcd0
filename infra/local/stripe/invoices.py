"""Invoices of subscriptions: made, finalised, paid or left open."""

from local.stripe import customers, payments
from local.stripe.cards import BY_NUMBER
from local.stripe.errors import StripeRefusal, invalid
from local.stripe.params import Params
from local.stripe.records import Body
from local.stripe.world import World


def make(world: World, subscription: Body, amount: int, reason: str, period: tuple[int, int]) -> Body:
    """Keep a finalised invoice of ``amount`` (what is due at least 0) over ``period`` and tell of it."""
    serial = int(world.records.setting("invoices", "0")) + 1
    world.records.set("invoices", str(serial))
    invoice = world.make(
        "invoice",
        "in",
        {
            "number": f"LOCAL-{serial:06d}",
            "status": "open",
            "customer": subscription["customer"],
            "currency": subscription["currency"],
            "subtotal": amount,
            "total": amount,
            "amount_due": max(0, amount),
            "amount_paid": 0,
            "amount_remaining": max(0, amount),
            "attempt_count": 0,
            "attempted": False,
            "auto_advance": False,
            "billing_reason": reason,
            "collection_method": "charge_automatically",
            "next_payment_attempt": None,
            "period_start": period[0],
            "period_end": period[1],
            "lines": {
                "object": "list",
                "data": [line(world, subscription, amount)],
                "has_more": False,
                "url": "",
            },
            "hosted_invoice_url": None,
            "ending_balance": subscription["_carried"],
            "status_transitions": {"finalized_at": world.at(), "paid_at": None},
            "metadata": {},
            "parent": {
                "type": "subscription_details",
                "subscription_details": {
                    "subscription": subscription["id"],
                    "metadata": subscription["metadata"],
                },
            },
            "payments": {"object": "list", "data": [], "has_more": False, "url": ""},
        },
        subscription["id"],
    )
    world.keep(invoice | {"hosted_invoice_url": f"{world.base_url}/invoice/{invoice['id']}"})
    invoice = world.find(invoice["id"], "in")
    world.emit("invoice.created", invoice)
    world.emit("invoice.finalized", invoice)
    return invoice


def line(world: World, subscription: Body, amount: int) -> Body:
    """Return the one line of an invoice: the subscription's price for its present period."""
    item = subscription["items"]["data"][0]
    return {
        "id": world.new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": subscription["currency"],
        "description": item["price"]["nickname"],
        "period": {"start": item["current_period_start"], "end": item["current_period_end"]},
        "pricing": {"type": "price_details", "price_details": {"price": item["price"]["id"]}},
    }


def intent_of(world: World, invoice: Body) -> Body:
    """Return the payment intent of an invoice, made on first use."""
    known: list[Body] = invoice["payments"]["data"]
    if known:
        return world.find(known[0]["payment"]["payment_intent"], "pi")
    members = {
        "customer": invoice["customer"],
        "setup_future_usage": "off_session",
        "metadata": {},
        "description": f"Invoice {invoice['number']}",
        "_invoice": invoice["id"],
    }
    intent = payments.intended(world, invoice["amount_due"], invoice["currency"], members)
    entry = {
        "id": world.new_id("inpay"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "invoice": invoice["id"],
        "is_default": True,
        "status": "open",
        "payment": {"type": "payment_intent", "payment_intent": intent["id"]},
    }
    known.append(entry)
    world.keep(invoice)
    return intent


def settle(world: World, invoice: Body) -> Body:
    """Note that an invoice was paid (or that nothing was due) and tell of it."""
    for entry in invoice["payments"]["data"]:
        entry |= {"status": "paid", "amount_paid": invoice["amount_due"]}
    invoice |= {
        "status": "paid",
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "attempted": True,
        "status_transitions": invoice["status_transitions"] | {"paid_at": world.at()},
    }
    world.keep(invoice)
    world.emit("invoice.paid", invoice)
    world.emit("invoice.payment_succeeded", invoice)
    return invoice


def collect(world: World, invoice: Body, method: Body | None) -> StripeRefusal | None:
    """Try to be paid without the customer; return the refusal when that failed, with everything kept."""
    if invoice["amount_due"] == 0:
        settle(world, invoice)
        return None
    invoice |= {"attempt_count": invoice["attempt_count"] + 1, "attempted": True}
    try:
        _charge(world, intent_of(world, invoice), method)
    except StripeRefusal as refusal:
        world.emit("invoice.payment_failed", world.keep(invoice))
        return refusal
    settle(world, invoice)
    return None


def _charge(world: World, intent: Body, method: Body | None) -> None:
    if method is None:
        message = "This customer has no attached payment source or default payment method."
        raise StripeRefusal(402, "card_error", message, code="missing_payment_method")
    world.keep(intent | {"payment_method": method["id"], "status": "requires_confirmation"})
    payments.confirmed(world, world.find(intent["id"], "pi"), off_session=True)


def pay(world: World, params: Params, invoice: str) -> Body:
    """POST /v1/invoices/{invoice}/pay."""
    from local.stripe import subscriptions  # noqa: PLC0415 - a paid invoice revives its subscription

    known = world.find(invoice, "in", "invoice")
    name = params.text("payment_method")
    params.flag("off_session")
    params.done()
    if known["status"] == "paid":
        raise invalid("Invoice is already paid", code="invoice_already_paid")
    if known["status"] != "open":
        raise invalid(f"This invoice can no longer be paid: it is {known['status']}.")
    method = customers.named_method(world, name, "payment_method") if name else None
    method = method or customers.default_method(world, known["customer"])
    refusal = collect(world, known, method)
    if refusal is not None:
        raise refusal
    subscriptions.revived(world, known["parent"]["subscription_details"]["subscription"])
    return known


def void(world: World, params: Params, invoice: str) -> Body:
    """POST /v1/invoices/{invoice}/void."""
    known = world.find(invoice, "in", "invoice")
    params.done()
    if known["status"] != "open":
        raise invalid(f"You can only void open invoices; this one is {known['status']}.")
    return voided(world, known)


def voided(world: World, invoice: Body) -> Body:
    """Let nobody pay an invoice any more."""
    invoice |= {"status": "void"}
    world.emit("invoice.voided", world.keep(invoice))
    return invoice


def pay_by_hand(world: World, invoice: Body, number: str) -> Body:
    """Pay on the invoice's own page; 3-D Secure leaves it open. Raises the refusal of a decline."""
    card = BY_NUMBER.get("".join(number.split()))
    if invoice["status"] != "open":
        raise invalid(f"This invoice can no longer be paid: it is {invoice['status']}.")
    if card is None:
        message = "Your card number is not one of the test cards."
        raise StripeRefusal(402, "card_error", message, code="incorrect_number")
    method = customers.method_of(world, card, None)
    intent = intent_of(world, invoice)
    world.keep(intent | {"payment_method": method["id"], "status": "requires_confirmation"})
    intent = payments.confirmed(world, world.find(intent["id"], "pi"))
    return invoice if intent["status"] == "requires_action" else _paid_by_hand(world, invoice)


def authenticated(world: World, invoice: Body, *, passed: bool) -> Body:
    """Go on after the challenge."""
    payments.authenticated(world, intent_of(world, invoice), passed=passed)
    return _paid_by_hand(world, invoice)


def _paid_by_hand(world: World, invoice: Body) -> Body:
    """Settle; the card that paid is the subscription's from now on, as on Stripe's own page."""
    from local.stripe import subscriptions  # noqa: PLC0415 - a paid invoice revives its subscription

    subscription = world.find(invoice["parent"]["subscription_details"]["subscription"], "sub")
    world.keep(subscription | {"default_payment_method": intent_of(world, invoice)["payment_method"]})
    settle(world, invoice)
    subscriptions.revived(world, subscription["id"])
    return invoice


def retrieve(world: World, params: Params, invoice: str) -> Body:
    """GET /v1/invoices/{invoice}."""
    params.done()
    return world.find(invoice, "in", "invoice")


def listed(world: World, params: Params) -> Body:
    """GET /v1/invoices."""
    subscription, customer = params.text("subscription"), params.text("customer")
    status = params.text("status")
    found = [
        each
        for each in world.records.newest("invoice", subscription)
        if customer in (None, each["customer"]) and status in (None, each["status"])
    ]
    page = world.listed(params, found, "/v1/invoices")
    params.done()
    return page
