"""Balance transactions: each movement of money in the account, never changed."""

from local.stripe.records import Body
from local.stripe.world import World


def moved(world: World, kind: str, amount: int, *, fee: int, currency: str, source: str) -> Body:
    """Keep a balance transaction: ``amount`` signed, ``net`` = amount - fee."""
    return world.make(
        "balance_transaction",
        "txn",
        {
            "amount": amount,
            "fee": fee,
            "net": amount - fee,
            "currency": currency,
            "type": kind,
            "reporting_category": kind,
            "source": source,
            "status": "available",
            "available_on": world.at(),
        },
    )
