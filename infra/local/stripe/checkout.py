"""Checkout sessions: the hosted page a person pays on (docs.stripe.com/api/checkout/sessions)."""

from local.stripe import catalogue, customers, payments, subscriptions
from local.stripe.cards import BY_NUMBER
from local.stripe.errors import StripeRefusal, invalid
from local.stripe.params import Params
from local.stripe.records import Body
from local.stripe.world import World

_DAY = 86_400
_SHORTEST = 1_800
_PASSED_OVER = (
    "payment_method_types",
    "locale",
    "submit_type",
    "billing_address_collection",
    "customer_creation",
    "allow_promotion_codes",
)


def create(world: World, params: Params) -> Body:
    """POST /v1/checkout/sessions."""
    mode = params.choice("mode", ("payment", "subscription"))
    if mode is None:
        raise invalid("Missing required param: mode.", "mode", "parameter_missing")
    customer, email = world.known(params, "customer", "cus"), params.text("customer_email")
    if customer and email:
        raise invalid("You may only specify one of these parameters: customer, customer_email.")
    lines = [_line(world, each, mode) for each in params.items("line_items")]
    if not lines:
        raise invalid("You must provide at least one line item.", "line_items", "parameter_missing")
    total = sum(each["amount_total"] for each in lines)
    expires = params.integer("expires_at") or world.at() + _DAY
    if not _SHORTEST <= expires - world.at() <= _DAY:
        raise invalid("expires_at must be between 30 minutes and 24 hours from now.", "expires_at")
    for name in _PASSED_OVER:
        params.raw(name)
    members: Body = {
        "mode": mode,
        "status": "open",
        "payment_status": "unpaid",
        "customer": customer,
        "customer_email": email,
        "client_reference_id": params.text("client_reference_id"),
        "amount_subtotal": total,
        "amount_total": total,
        "currency": lines[0]["currency"],
        "success_url": params.needed("success_url"),
        "cancel_url": params.text("cancel_url"),
        "expires_at": expires,
        "payment_intent": None,
        "subscription": None,
        "invoice": None,
        "metadata": params.metadata(),
        "line_items": {"object": "list", "data": lines, "has_more": False, "url": ""},
        "_payment": _intent_members(params.inner("payment_intent_data"), mode),
        "_subscription": _subscription_members(params.inner("subscription_data"), mode),
    }
    params.done()
    made = world.make("checkout.session", "cs_test", members, customer)
    return world.keep(made | {"url": f"{world.base_url}/pay/{made['id']}"})


def _line(world: World, line: Params, mode: str) -> Body:
    quantity = line.integer("quantity", least=1) or 1
    price_id = world.known(line, "price", "price")
    if price_id is None:
        data = line.inner("price_data")
        product = data.text("product")
        if product is None:
            described = data.inner("product_data")
            product = catalogue.create_product(world, described)["id"]
        price = world.make("price", "price", catalogue.price_members(data, product) | {"lookup_key": None})
        data.done()
    else:
        price = world.find(price_id, "price")
    line.done()
    if not price["active"]:
        raise invalid("The price specified is inactive.", line.name("price"))
    if mode == "payment" and price["recurring"]:
        raise invalid("You specified `payment` mode but passed a recurring price.", "mode")
    return {
        "id": world.new_id("li"),
        "object": "item",
        "price": price,
        "quantity": quantity,
        "currency": price["currency"],
        "description": (world.records.get(price["product"]) or {}).get("name"),
        "amount_subtotal": price["unit_amount"] * quantity,
        "amount_total": price["unit_amount"] * quantity,
    }


def _intent_members(data: Params, mode: str) -> Body:
    members = {
        "metadata": data.metadata(),
        "capture_method": data.choice("capture_method", ("automatic", "automatic_async", "manual")),
        "setup_future_usage": data.choice("setup_future_usage", ("off_session", "on_session")),
        "description": data.text("description"),
    }
    data.done()
    if mode != "payment" and any(members.values()):
        raise invalid("You can not pass `payment_intent_data` in `subscription` mode.", "payment_intent_data")
    return members


def _subscription_members(data: Params, mode: str) -> Body:
    members = {
        "metadata": data.metadata(),
        "trial_days": data.integer("trial_period_days", least=1),
        "description": data.text("description"),
    }
    data.done()
    if mode != "subscription" and any(members.values()):
        raise invalid("You can not pass `subscription_data` in `payment` mode.", "subscription_data")
    return members


def pay(world: World, session: Body, number: str) -> Body:
    """Pay with the card of ``number``. Raises the refusal of a decline; 3-D Secure leaves the session open.

    The session goes on being open after a decline, so that another card can be tried.
    """
    card = BY_NUMBER.get("".join(number.split()))
    if session["status"] != "open":
        raise invalid("This page is no longer open.", code="checkout_session_not_open")
    if card is None:
        raise StripeRefusal(
            402, "card_error", "Your card number is not one of the test cards.", code="incorrect_number"
        )
    customer = session["customer"] or _customer(world, session)
    method = customers.method_of(world, card, None)
    if session["mode"] == "subscription":
        intent = subscriptions.begun(world, session, customer, method)
    else:
        intent = _intent(world, session, customer)
    session["customer"] = customer
    session["payment_intent"] = intent["id"] if intent else None
    world.keep(session)
    if intent is not None and intent["status"] != "succeeded":
        world.keep(intent | {"payment_method": method["id"], "status": "requires_confirmation"})
        intent = payments.confirmed(world, world.find(intent["id"], "pi"))
        if intent["status"] == "requires_action":
            return session
    return completed(world, session)


def _customer(world: World, session: Body) -> str:
    made: str = customers.create(
        world, Params({"email": session["customer_email"]} if session["customer_email"] else {})
    )["id"]
    return made


def _intent(world: World, session: Body, customer: str) -> Body:
    if session["payment_intent"]:
        return world.find(session["payment_intent"], "pi")
    members = session["_payment"] | {"customer": customer, "_session": session["id"]}
    return payments.intended(world, session["amount_total"], session["currency"], members)


def authenticated(world: World, session: Body, *, passed: bool) -> Body:
    """Go on after the challenge."""
    payments.authenticated(world, world.find(session["payment_intent"], "pi"), passed=passed)
    return completed(world, session)


def completed(world: World, session: Body) -> Body:
    """Close the session as paid and tell of it; a subscription begins."""
    if session["mode"] == "subscription":
        subscriptions.activated(world, session)
    free = session["amount_total"] == 0 or (
        session["mode"] == "subscription" and session["payment_intent"] is None
    )
    session |= {
        "status": "complete",
        "payment_status": "no_payment_required" if free else "paid",
        "url": None,
    }
    if session["mode"] == "subscription":
        session["payment_intent"] = None  # Stripe names the subscription and its invoice instead
    world.emit("checkout.session.completed", world.keep(session))
    return session


def expire(world: World, params: Params, session: str) -> Body:
    """POST /v1/checkout/sessions/{session}/expire."""
    known = world.find(session, "cs_test", "session")
    params.done()
    if known["status"] != "open":
        raise invalid(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This one is {known["status"]}.'
        )
    return expired(world, known)


def expired(world: World, session: Body) -> Body:
    """Close an open session unpaid."""
    session |= {"status": "expired", "url": None}
    world.emit("checkout.session.expired", world.keep(session))
    return session


def tick(world: World) -> None:
    """Close the sessions whose time is over."""
    for session in world.records.newest("checkout.session"):
        if session["status"] == "open" and session["expires_at"] <= world.at():
            expired(world, session)


def retrieve(world: World, params: Params, session: str) -> Body:
    """GET /v1/checkout/sessions/{session}."""
    params.done()
    return world.find(session, "cs_test", "session")


def listed(world: World, params: Params) -> Body:
    """GET /v1/checkout/sessions."""
    intent, subscription = params.text("payment_intent"), params.text("subscription")
    found = [
        each
        for each in world.records.newest("checkout.session", params.text("customer"))
        if intent in (None, each["payment_intent"]) and subscription in (None, each["subscription"])
    ]
    page = world.listed(params, found, "/v1/checkout/sessions")
    params.done()
    return page
