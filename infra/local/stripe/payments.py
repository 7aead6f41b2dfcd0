"""Payment intents: the life of one payment, with declines and 3-D Secure (docs.stripe.com/payments)."""

from local.stripe import charges, customers
from local.stripe.cards import LATER_DECLINE, Card
from local.stripe.errors import StripeRefusal, declined, invalid
from local.stripe.params import Params
from local.stripe.records import Body
from local.stripe.world import World

_LEAST = 50  # minor units; Stripe refuses less than about half a dollar, rupee amounts below ₹0.50
_MOST = 99_999_999
_CANCELLABLE = {"requires_payment_method", "requires_capture", "requires_confirmation", "requires_action"}
_REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")


def create(world: World, params: Params) -> Body:
    """POST /v1/payment_intents."""
    amount, currency = params.amount("amount"), params.needed("currency").lower()
    if not _LEAST <= amount <= _MOST:
        small = amount < _LEAST
        raise invalid(
            f"Amount must be {'at least' if small else 'no more than'} {_LEAST if small else _MOST}",
            "amount",
            "amount_too_small" if small else "amount_too_large",
        )
    members = {
        "customer": world.known(params, "customer", "cus"),
        "capture_method": params.choice("capture_method", ("automatic", "automatic_async", "manual")),
        "description": params.text("description"),
        "setup_future_usage": params.choice("setup_future_usage", ("off_session", "on_session")),
        "receipt_email": params.text("receipt_email"),
        "metadata": params.metadata(),
    }
    _passed_over(params)
    method, confirm = params.text("payment_method"), params.flag("confirm")
    off_session, strict = params.flag("off_session"), params.flag("error_on_requires_action")
    params.done()
    if (off_session or strict) and not confirm:
        raise invalid("off_session can only be used when confirm is true", "off_session")
    intent = intended(world, amount, currency, members)
    if method is not None:
        intent = _with_method(world, intent, method)
    return confirmed(world, intent, off_session=off_session, strict=strict) if confirm else intent


def _passed_over(params: Params) -> None:
    """Take what changes nothing here: how the page looks, which methods it offers."""
    params.inner("automatic_payment_methods")
    for name in ("payment_method_types", "return_url", "statement_descriptor_suffix", "use_stripe_sdk"):
        params.raw(name)


def intended(world: World, amount: int, currency: str, members: Body) -> Body:
    """Keep a new intent and tell of it; ``members`` may leave out what is usual."""
    intent = world.make(
        "payment_intent",
        "pi",
        {
            "amount": amount,
            "amount_received": 0,
            "amount_capturable": 0,
            "currency": currency,
            "status": "requires_payment_method",
            "payment_method": None,
            "payment_method_types": ["card"],
            "latest_charge": None,
            "last_payment_error": None,
            "next_action": None,
            "canceled_at": None,
            "cancellation_reason": None,
            "client_secret": world.new_id("secret"),
            "confirmation_method": "automatic",
            "description": None,
            "setup_future_usage": None,
            "receipt_email": None,
            **members,
            "capture_method": members.get("capture_method") or "automatic",
        },
        members.get("customer"),
    )
    world.emit("payment_intent.created", intent)
    return intent


def _with_method(world: World, intent: Body, name: str) -> Body:
    method = customers.named_method(world, name, "payment_method")
    return world.keep(intent | {"payment_method": method["id"], "status": "requires_confirmation"})


def confirm(world: World, params: Params, intent: str) -> Body:
    """POST /v1/payment_intents/{intent}/confirm."""
    known = world.find(intent, "pi", "intent")
    _passed_over(params)
    method = params.text("payment_method")
    off_session, strict = params.flag("off_session"), params.flag("error_on_requires_action")
    params.done()
    if known["status"] not in {"requires_payment_method", "requires_confirmation", "requires_action"}:
        raise _unexpected(known, "confirm")
    if method is not None:
        known = _with_method(world, known, method)
    if known["payment_method"] is None:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            "payment_method",
            "payment_intent_unexpected_state",
        )
    return confirmed(world, known, off_session=off_session, strict=strict)


def confirmed(world: World, intent: Body, *, off_session: bool = False, strict: bool = False) -> Body:
    """Charge, ask for 3-D Secure, or refuse with 402; what was tried is kept in each case."""
    method = customers.named_method(world, intent["payment_method"], "payment_method")
    card = customers.card_of(method)
    if _asks(card, method, off_session=off_session):
        if off_session or strict:
            message = "Your card was declined. This transaction requires authentication."
            raise _failed(
                world, intent, method, card, ("authentication_required", "authentication_required", message)
            )
        return _asked(world, intent)
    return charged(world, intent, off_session=off_session)


def _asks(card: Card, method: Body, *, off_session: bool) -> bool:
    return card.asks == "always" or (card.asks == "once" and not (method["_set_up"] and off_session))


def _asked(world: World, intent: Body) -> Body:
    where = f"{world.base_url}/3ds/{intent['id']}"
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": where, "return_url": None}}
    intent |= {"status": "requires_action", "next_action": action}
    world.emit("payment_intent.requires_action", world.keep(intent))
    return intent


def authenticated(world: World, intent: Body, *, passed: bool) -> Body:
    """Go on after the challenge of 3-D Secure. Raises the 402 of a challenge not passed."""
    if intent["status"] != "requires_action":
        raise _unexpected(intent, "authenticate")
    if passed:
        return charged(world, intent | {"next_action": None}, off_session=False)
    method = customers.named_method(world, intent["payment_method"], "payment_method")
    code, message = (
        "payment_intent_authentication_failure",
        "The provided payment method has failed authentication.",
    )
    raise _failed(world, intent, method, None, (code, None, message))


def charged(world: World, intent: Body, *, off_session: bool) -> Body:
    """Take the money, or hold it; raise the 402 of a decline."""
    method = customers.named_method(world, intent["payment_method"], "payment_method")
    card = customers.card_of(method)
    failure = card.declines or (LATER_DECLINE if off_session and card.fails_later else None)
    if failure is not None:
        raise _failed(world, intent, method, card, failure)
    charge = charges.charge(world, intent, method, card, None)
    held = intent["capture_method"] == "manual"
    intent |= {
        "status": "requires_capture" if held else "succeeded",
        "latest_charge": charge["id"],
        "amount_received": 0 if held else intent["amount"],
        "amount_capturable": intent["amount"] if held else 0,
        "last_payment_error": None,
        "next_action": None,
    }
    if intent["setup_future_usage"] and intent["customer"]:
        customers.attached(world, method | {"_set_up": True}, intent["customer"])
    world.emit(
        "payment_intent.amount_capturable_updated" if held else "payment_intent.succeeded", world.keep(intent)
    )
    return intent


def _failed(
    world: World, intent: Body, method: Body, card: Card | None, failure: tuple[str, str | None, str]
) -> StripeRefusal:
    """Keep a try that failed, tell of it, and return the refusal to raise."""
    code, decline_code, message = failure
    error = {"type": "card_error", "code": code, "decline_code": decline_code, "message": message}
    if card is not None:
        intent["latest_charge"] = charges.charge(world, intent, method, card, failure)["id"]
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_payment_error": error | {"payment_method": method["id"]},
    }
    world.emit("payment_intent.payment_failed", world.keep(intent))
    return declined(code, decline_code, message, payment_intent=intent, charge=intent["latest_charge"])


def capture(world: World, params: Params, intent: str) -> Body:
    """POST /v1/payment_intents/{intent}/capture."""
    known = world.find(intent, "pi", "intent")
    wanted = params.integer("amount_to_capture", least=1)
    params.done()
    if known["status"] != "requires_capture":
        raise _unexpected(known, "capture")
    amount = wanted or known["amount_capturable"]
    if amount > known["amount_capturable"]:
        raise invalid("The amount to capture is greater than what was authorized.", "amount_to_capture")
    charges.capture(world, world.find(known["latest_charge"], "ch"), amount)
    known |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
    world.emit("payment_intent.succeeded", world.keep(known))
    return known


def cancel(world: World, params: Params, intent: str) -> Body:
    """POST /v1/payment_intents/{intent}/cancel."""
    known = world.find(intent, "pi", "intent")
    reason = params.choice("cancellation_reason", _REASONS)
    params.done()
    if known["status"] not in _CANCELLABLE:
        raise _unexpected(known, "cancel")
    known |= {
        "status": "canceled",
        "canceled_at": world.at(),
        "cancellation_reason": reason,
        "amount_capturable": 0,
        "next_action": None,
    }
    world.emit("payment_intent.canceled", world.keep(known))
    return known


def retrieve(world: World, params: Params, intent: str) -> Body:
    """GET /v1/payment_intents/{intent}."""
    params.text("client_secret")
    params.done()
    return world.find(intent, "pi", "intent")


def listed(world: World, params: Params) -> Body:
    """GET /v1/payment_intents."""
    customer = params.text("customer")
    page = world.listed(params, world.records.newest("payment_intent", customer), "/v1/payment_intents")
    params.done()
    return page


def _unexpected(intent: Body, verb: str) -> StripeRefusal:
    message = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
    return invalid(message, code="payment_intent_unexpected_state")
