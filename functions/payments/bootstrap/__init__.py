"""Wiring, one module an entry point and called like it: none loads what it does not use.

Settings become adapters, adapters become use cases: on first use, once a container, never at import. No
connection is opened here: a store opens its own with the first command.
"""

from typing import TYPE_CHECKING

from kit.lazy import submodules

if TYPE_CHECKING:
    from payments.bootstrap import (
        api,
        checkouts,
        contributor,
        dunning,
        fulfilment_starter,
        fulfilment_tasks,
        gateway,
        invoicing,
        notices,
        orders,
        papers,
        reconciling,
        refund_tasks,
        refunds,
        relay,
        schedule,
        stores,
        subscriptions,
        worker,
    )

__all__ = [
    "api",
    "checkouts",
    "contributor",
    "dunning",
    "fulfilment_starter",
    "fulfilment_tasks",
    "gateway",
    "invoicing",
    "notices",
    "orders",
    "papers",
    "reconciling",
    "refund_tasks",
    "refunds",
    "relay",
    "schedule",
    "stores",
    "subscriptions",
    "worker",
]
__getattr__ = submodules(__name__)
