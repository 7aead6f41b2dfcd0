"""Products and prices."""

from local.stripe.errors import invalid
from local.stripe.params import Params
from local.stripe.records import Body
from local.stripe.world import World

_INTERVALS = ("day", "week", "month", "year")


def create_product(world: World, params: Params) -> Body:
    """POST /v1/products."""
    made = world.make(
        "product",
        "prod",
        {
            "name": params.needed("name"),
            "description": params.text("description"),
            "active": params.flag("active", default=True),
            "metadata": params.metadata(),
            "default_price": None,
            "tax_code": params.text("tax_code"),
        },
    )
    wanted = params.text("id")
    if wanted is not None:
        if world.records.get(wanted):
            raise invalid(f"Product already exists: {wanted[:80]}", "id", "resource_already_exists")
        world.records.drop(made["id"])
        made["id"] = wanted
        world.records.put(made)
    params.done()
    world.emit("product.created", made)
    return made


def retrieve_product(world: World, params: Params, product: str) -> Body:
    """GET /v1/products/{product}."""
    params.done()
    return _product(world, product, "id")


def create_price(world: World, params: Params) -> Body:
    """POST /v1/prices."""
    product = params.text("product")
    data = params.inner("product_data")
    if product is None:
        product = create_product(world, data)["id"]
    _product(world, product, "product")
    lookup, moved = params.text("lookup_key"), params.flag("transfer_lookup_key")
    _free_lookup_key(world, lookup, moved=moved)
    made = world.make("price", "price", price_members(params, product) | {"lookup_key": lookup}, product)
    params.done()
    world.emit("price.created", made)
    return made


def price_members(params: Params, product: str) -> Body:
    """Return the members of a price; also of one made on the spot by ``price_data``."""
    recurring = params.inner("recurring")
    interval = recurring.choice("interval", _INTERVALS)
    cycle = None
    if interval is not None:
        count = recurring.integer("interval_count", least=1) or 1
        cycle = {"interval": interval, "interval_count": count, "usage_type": "licensed"}
    recurring.done()
    return {
        "product": product,
        "currency": params.needed("currency").lower(),
        "unit_amount": params.integer("unit_amount", least=0),
        "recurring": cycle,
        "type": "recurring" if cycle else "one_time",
        "active": params.flag("active", default=True),
        "nickname": params.text("nickname"),
        "tax_behavior": params.text("tax_behavior") or "unspecified",
        "metadata": params.metadata(),
    }


def update_price(world: World, params: Params, price: str) -> Body:
    """POST /v1/prices/{price}."""
    known = world.find(price, "price", "price")
    known["active"] = params.flag("active", default=known["active"])
    known["nickname"] = params.text("nickname") or known["nickname"]
    known["metadata"] = params.metadata(known["metadata"])
    params.done()
    world.emit("price.updated", world.keep(known))
    return known


def retrieve_price(world: World, params: Params, price: str) -> Body:
    """GET /v1/prices/{price}."""
    params.done()
    return world.find(price, "price", "price")


def list_prices(world: World, params: Params) -> Body:
    """GET /v1/prices."""
    keys = params.raw("lookup_keys")
    product, active = params.text("product"), params.text("active")
    found = [
        each
        for each in world.records.newest("price", product)
        if (keys is None or each["lookup_key"] in keys)
        and (active is None or each["active"] == (active == "true"))
    ]
    page = world.listed(params, found, "/v1/prices")
    params.done()
    return page


def _product(world: World, product: str, param: str) -> Body:
    found = world.records.get(product)
    if found is None or found["object"] != "product":
        raise invalid(f"No such product: '{product[:80]}'", param, "resource_missing")
    return found


def _free_lookup_key(world: World, lookup: str | None, *, moved: bool) -> None:
    holder = next((each for each in world.records.newest("price") if each["lookup_key"] == lookup), None)
    if lookup is None or holder is None:
        return
    if not moved:
        raise invalid(f"A price ({holder['id']}) already uses that lookup key.", "lookup_key")
    world.keep(holder | {"lookup_key": None})
