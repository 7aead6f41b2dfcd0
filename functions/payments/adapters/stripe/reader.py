"""Reads what Stripe holds."""

from typing import Final

from payments.adapters.stripe import shapes
from payments.adapters.stripe.client import Stripe
from payments.adapters.stripe.dispute import dispute
from payments.model.dispute import GatewayDispute
from payments.model.gateway import (
    Checkout,
    CheckoutRef,
    GatewayInvoice,
    GatewayPayment,
    GatewayRefund,
    GatewaySubscription,
    PaymentRef,
    SubscriptionRef,
)

MOST: Final = 100
"""Stripe's longest page: of one customer or payment we look at the newest hundred."""


class StripeReader:
    """See :class:`payments.ports.gateway.GatewayReader`."""

    def __init__(self, stripe: Stripe) -> None:
        self._stripe = stripe

    def payment(self, ref: PaymentRef) -> GatewayPayment | None:
        """Retrieve an intent with its charge and what that one cost us, in one call."""
        found = self._stripe.find(
            lambda client: client.v1.payment_intents.retrieve(
                ref, {"expand": ["latest_charge.balance_transaction"]}
            )
        )
        return shapes.payment(found) if found else None

    def refunds(self, ref: PaymentRef) -> tuple[GatewayRefund, ...]:
        """List an intent's refunds."""
        found = self._stripe.find(
            lambda client: client.v1.refunds.list({"payment_intent": ref, "limit": MOST})
        )
        return tuple(shapes.refund(each) for each in found.data) if found else ()

    def disputes(self, ref: PaymentRef) -> tuple[GatewayDispute, ...]:
        """List an intent's disputes."""
        found = self._stripe.find(
            lambda client: client.v1.disputes.list({"payment_intent": ref, "limit": MOST})
        )
        read = (dispute(each) for each in found.data) if found else ()
        return tuple(each for each in read if each is not None)

    def checkout(self, ref: CheckoutRef) -> Checkout | None:
        """Retrieve a session."""
        found = self._stripe.find(lambda client: client.v1.checkout.sessions.retrieve(ref))
        return shapes.checkout(found) if found else None

    def subscription(self, ref: SubscriptionRef) -> GatewaySubscription | None:
        """Retrieve a subscription."""
        found = self._stripe.find(lambda client: client.v1.subscriptions.retrieve(ref))
        return shapes.subscription(found) if found else None

    def invoices(self, ref: SubscriptionRef) -> tuple[GatewayInvoice, ...]:
        """List a subscription's invoices with their payments."""
        found = self._stripe.find(
            lambda client: client.v1.invoices.list(
                {"subscription": ref, "limit": MOST, "expand": ["data.payments"]}
            )
        )
        return tuple(shapes.invoice(each, ref) for each in found.data) if found else ()
