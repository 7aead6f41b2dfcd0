"""Customers and their payment methods."""

from local.stripe.cards import BY_NAME, BY_NUMBER, Card
from local.stripe.errors import invalid
from local.stripe.params import Params
from local.stripe.records import Body
from local.stripe.world import World


def create(world: World, params: Params) -> Body:
    """POST /v1/customers."""
    made = world.make("customer", "cus", _members(params, {}))
    params.done()
    world.emit("customer.created", made)
    return made


def update(world: World, params: Params, customer: str) -> Body:
    """POST /v1/customers/{customer}."""
    known = world.find(customer, "cus", "customer")
    known |= _members(params, known)
    if params.has("invoice_settings"):
        settings = params.inner("invoice_settings")
        known["invoice_settings"] = {"default_payment_method": settings.text("default_payment_method")}
    params.done()
    world.emit("customer.updated", world.keep(known))
    return known


def retrieve(world: World, params: Params, customer: str) -> Body:
    """GET /v1/customers/{customer}."""
    params.done()
    return world.find(customer, "cus", "customer")


def listed(world: World, params: Params) -> Body:
    """GET /v1/customers."""
    email = params.text("email")
    found = [each for each in world.records.newest("customer") if email in (None, each["email"])]
    page = world.listed(params, found, "/v1/customers")
    params.done()
    return page


def _members(params: Params, known: Body) -> Body:
    return {
        "email": params.text("email") or known.get("email"),
        "name": params.text("name") or known.get("name"),
        "phone": params.text("phone") or known.get("phone"),
        "description": params.text("description") or known.get("description"),
        "metadata": params.metadata(known.get("metadata")),
        "invoice_settings": known.get("invoice_settings", {"default_payment_method": None}),
        "balance": known.get("balance", 0),
        "currency": known.get("currency"),
        "delinquent": known.get("delinquent", False),
    }


def method_of(world: World, card: Card, customer: str | None) -> Body:
    """Keep a card as a payment method, the customer's where there is one."""
    return world.make(
        "payment_method",
        "pm",
        {
            "type": "card",
            "customer": customer,
            "card": {
                "brand": card.brand,
                "last4": card.last4,
                "country": card.country,
                "exp_month": 12,
                "exp_year": 2034,
            },
            "metadata": {},
            "_number": card.number,
            "_set_up": False,
        },
        customer,
    )


def named_method(world: World, name: str, param: str) -> Body:
    """Return a payment method by its id, or one of a test card by the card's name."""
    if name in BY_NAME:
        return method_of(world, BY_NAME[name], None)
    found = world.records.get(name) if name.startswith("pm_") else None
    if found is None:
        raise invalid(f"No such PaymentMethod: '{name[:80]}'", param, "resource_missing")
    return found


def card_of(method: Body) -> Card:
    """Return the test card behind a payment method."""
    return BY_NUMBER[method["_number"]]


def attach(world: World, params: Params, method: str) -> Body:
    """POST /v1/payment_methods/{method}/attach."""
    customer = params.needed("customer")
    world.find(customer, "cus", "customer")
    params.done()
    known = named_method(world, method, "payment_method")
    return attached(world, known, customer)


def attached(world: World, method: Body, customer: str) -> Body:
    """Give a payment method to a customer."""
    world.records.drop(method["id"])
    world.records.put(method | {"customer": customer}, customer)
    method["customer"] = customer
    world.emit("payment_method.attached", method)
    return method


def methods(world: World, params: Params, customer: str) -> Body:
    """GET /v1/customers/{customer}/payment_methods."""
    world.find(customer, "cus", "customer")
    params.text("type")
    page = world.listed(
        params, world.records.newest("payment_method", customer), f"/v1/customers/{customer}/payment_methods"
    )
    params.done()
    return page


def default_method(world: World, customer: str | None) -> Body | None:
    """Return what a customer pays with: the default, else the newest."""
    if customer is None:
        return None
    default = world.find(customer, "cus")["invoice_settings"]["default_payment_method"]
    if default:
        return world.records.get(default)
    return next(world.records.newest("payment_method", customer), None)
