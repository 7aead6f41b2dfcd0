"""Ends subscriptions at the gateway; its webhook brings the new state to whoever follows subscriptions."""

from payments.model.payment import SubscriptionId
from payments.ports.gateway import SubscriptionGateway
from payments.ports.subscriptions import Subscriptions


class GatewayEnds:
    """See :class:`payments.ports.refunds.SubscriptionEnds`."""

    def __init__(self, subscriptions: Subscriptions, gateway: SubscriptionGateway) -> None:
        self._subscriptions = subscriptions
        self._gateway = gateway

    def end(self, subscription: SubscriptionId, reason: str) -> None:
        """End it now, under a key of the subscription and the reason."""
        found = self._subscriptions.find(subscription)
        if found is not None and found.ref is not None:
            self._gateway.end_subscription(found.ref, at_once=True, key=f"end:{subscription}:{reason}")
