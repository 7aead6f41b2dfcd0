"""Subscriptions through Stripe."""

from collections.abc import Callable
from typing import Final, Literal

import stripe

from payments.adapters.stripe import shapes
from payments.adapters.stripe.client import Stripe
from payments.adapters.stripe.payments import session_of
from payments.errors.gateway import GatewayMisused, PaymentNotOpen
from payments.model.gateway import (
    Checkout,
    Forecast,
    GatewayInvoice,
    GatewaySubscription,
    InvoiceRef,
    PriceOrder,
    PriceRef,
    Proration,
    SubscriptionOrder,
    SubscriptionRef,
)

_PRORATIONS: Final[dict[Proration, Literal["always_invoice", "create_prorations", "none"]]] = {
    "at_once": "always_invoice",
    "next_invoice": "create_prorations",
    "none": "none",
    "anew": "always_invoice",
}
_Act = Callable[[stripe.StripeClient], stripe.Subscription]


class StripeSubscriptions:
    """See :class:`payments.ports.gateway.SubscriptionGateway`."""

    def __init__(self, stripe: Stripe) -> None:
        self._stripe = stripe

    def price(self, order: PriceOrder, *, key: str) -> PriceRef:
        """Look a price up by its lookup key, else create it; ``GatewayMisused`` when it costs otherwise."""

        def look_up() -> stripe.Price | None:
            found = self._stripe.find(
                lambda client: client.v1.prices.list({"lookup_keys": [order.name], "limit": 1})
            )
            return found.data[0] if found and found.data else None

        known = look_up() or self._stripe.settle(
            lambda client: client.v1.prices.create(
                {
                    "currency": order.amount.currency.lower(),
                    "unit_amount": order.amount.amount,
                    "lookup_key": order.name,
                    "recurring": {"interval": order.interval},
                    "product_data": {"name": order.title},
                },
                {"idempotency_key": key},
            ),
            look_up,
        )
        if (known.unit_amount, known.currency.upper()) != (order.amount.amount, order.amount.currency):
            raise GatewayMisused(f"The price {order.name} exists and costs something else: name a new one")
        return PriceRef(known.id)

    def open_subscription(self, order: SubscriptionOrder, *, key: str) -> Checkout:
        """Create a session in subscription mode."""
        details: stripe.params.checkout.SessionCreateParamsSubscriptionData = {
            "metadata": {shapes.OURS: order.subscription_id}
        }
        if order.trial_days:
            details["trial_period_days"] = order.trial_days
        params: stripe.params.checkout.SessionCreateParams = {
            "mode": "subscription",
            "customer": order.customer,
            "client_reference_id": order.subscription_id,
            "line_items": [{"price": order.price, "quantity": 1}],
            "success_url": order.success_url,
            "cancel_url": order.cancel_url,
            "metadata": {shapes.OURS: order.subscription_id},
            "subscription_data": details,
        }
        made = self._stripe.settle(
            lambda client: client.v1.checkout.sessions.create(params, {"idempotency_key": key}),
            lambda: session_of(self._stripe, order.customer, order.subscription_id),
        )
        return shapes.checkout(made)

    def change_price(
        self, ref: SubscriptionRef, price: PriceRef, proration: Proration, *, key: str
    ) -> GatewaySubscription:
        """Put another price under the subscription's one item."""
        item = self._needed(ref)["items"].data[0]
        if item.price.id == price:
            return shapes.subscription(self._needed(ref))

        wanted: stripe.params.SubscriptionUpdateParams = {
            "items": [{"id": item.id, "price": price}],
            "proration_behavior": _PRORATIONS[proration],
        }
        if proration == "anew":
            wanted |= {"billing_cycle_anchor": {"type": "now"}, "payment_behavior": "error_if_incomplete"}

        def act(client: stripe.StripeClient) -> stripe.Subscription:
            return client.v1.subscriptions.update(ref, wanted, {"idempotency_key": key})

        return self._changed(ref, act, lambda found: found["items"].data[0].price.id == price)

    def preview(self, ref: SubscriptionRef, price: PriceRef | None = None) -> Forecast | None:
        """Ask for a preview of the invoice; nothing changes."""
        wanted: stripe.params.InvoiceCreatePreviewParams = {"subscription": ref}
        if price is not None:
            item = self._needed(ref)["items"].data[0]
            wanted["subscription_details"] = {
                "items": [{"id": item.id, "price": price}],
                "proration_behavior": "always_invoice",
                "billing_cycle_anchor": {"type": "now"},
            }

        def read(client: stripe.StripeClient) -> stripe.Invoice | None:
            try:
                return client.v1.invoices.create_preview(wanted)
            except stripe.InvalidRequestError as error:
                if error.code == "invoice_upcoming_none":
                    return None
                raise

        found = self._stripe.find(read)
        return shapes.forecast(found) if found else None

    def end_subscription(self, ref: SubscriptionRef, *, at_once: bool, key: str) -> GatewaySubscription:
        """Delete, or let end with the period."""
        known = self._needed(ref)
        if known.status == "canceled" or (known.cancel_at_period_end and not at_once):
            return shapes.subscription(known)
        if at_once:
            return self._changed(
                ref,
                lambda client: client.v1.subscriptions.cancel(ref, {}, {"idempotency_key": key}),
                lambda found: found.status == "canceled",
            )
        return self._ending(ref, key, wanted=True)

    def resume_subscription(self, ref: SubscriptionRef, *, key: str) -> GatewaySubscription:
        """Let go on."""
        known = self._needed(ref)
        if known.status == "canceled":
            raise PaymentNotOpen
        return self._ending(ref, key, wanted=False)

    def _ending(self, ref: SubscriptionRef, key: str, *, wanted: bool) -> GatewaySubscription:
        return self._changed(
            ref,
            lambda client: client.v1.subscriptions.update(
                ref, {"cancel_at_period_end": wanted}, {"idempotency_key": key}
            ),
            lambda found: found.cancel_at_period_end is wanted,
        )

    def pay_invoice(self, ref: InvoiceRef, *, key: str) -> GatewayInvoice:
        """Pay an open invoice with the customer's card."""

        def look_up() -> stripe.Invoice | None:
            found = self._stripe.find(
                lambda client: client.v1.invoices.retrieve(ref, {"expand": ["payments"]})
            )
            return found if found and found.status == "paid" else None

        paid = look_up() or self._stripe.settle(
            lambda client: client.v1.invoices.pay(
                ref, {"off_session": True, "expand": ["payments"]}, {"idempotency_key": key}
            ),
            look_up,
        )
        parent = paid.parent.subscription_details if paid.parent else None
        return shapes.invoice(paid, SubscriptionRef(shapes.ref(parent.subscription) or "" if parent else ""))

    def _needed(self, ref: SubscriptionRef) -> stripe.Subscription:
        found = self._stripe.find(lambda client: client.v1.subscriptions.retrieve(ref))
        if found is None:
            raise GatewayMisused(f"There is no subscription {ref}")
        return found

    def _changed(
        self, ref: SubscriptionRef, act: _Act, done: Callable[[stripe.Subscription], bool]
    ) -> GatewaySubscription:
        def look_up() -> stripe.Subscription | None:
            found = self._needed(ref)
            return found if done(found) else None

        return shapes.subscription(self._stripe.settle(act, look_up))
