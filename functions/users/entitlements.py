"""Entry of the consumer of ``payment-events``: what is paid becomes the plan, and ``user-events`` tell it."""

from kit import warm
from kit.events import Event
from kit.events.payment_events import EntitlementChanged
from kit.kafka import Consumer
from users.bootstrap import stores


def follow(event: Event[EntitlementChanged]) -> None:
    """Take over what is paid."""
    stores.plans().follow(event)


handler = Consumer("users-entitlements", {EntitlementChanged: follow}, stores.database).handler
warm.ahead(stores.plans)
