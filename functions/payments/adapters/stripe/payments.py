"""Takes money through Stripe and gives it back."""

from collections.abc import Callable

import stripe

from payments.adapters.stripe import shapes
from payments.adapters.stripe.client import Stripe
from payments.adapters.stripe.reader import MOST
from payments.errors.gateway import CustomerNeeded, GatewayMisused, PaymentDeclined, PaymentNotOpen
from payments.model.gateway import (
    ChargeOrder,
    Checkout,
    CheckoutOrder,
    CheckoutRef,
    CustomerRef,
    GatewayPayment,
    GatewayRefund,
    PaymentRef,
    RefundOrder,
)

_USER = "treum_user"


class StripePayments:
    """See :class:`payments.ports.gateway.PaymentGateway`. Our ids stand in each object's metadata."""

    def __init__(self, stripe: Stripe) -> None:
        self._stripe = stripe

    def customer(self, user: str, email: str, *, key: str) -> CustomerRef:
        """Look the user up among the customers with this address, else create one."""

        def look_up() -> stripe.Customer | None:
            found = self._stripe.find(
                lambda client: client.v1.customers.list({"email": email, "limit": MOST})
            )
            for each in found.data if found else ():
                if each.metadata and _USER in each.metadata and each.metadata[_USER] == user:
                    return each
            return None

        known = look_up() or self._stripe.settle(
            lambda client: client.v1.customers.create(
                {"email": email, "metadata": {_USER: user}}, {"idempotency_key": key}
            ),
            look_up,
        )
        return CustomerRef(known.id)

    def open_checkout(self, order: CheckoutOrder, *, key: str) -> Checkout:
        """Create a session in payment mode."""
        params: stripe.params.checkout.SessionCreateParams = {
            "mode": "payment",
            "customer": order.customer,
            "client_reference_id": order.payment_id,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": order.amount.currency.lower(),
                        "unit_amount": order.amount.amount,
                        "product_data": {"name": order.description},
                    },
                }
            ],
            "success_url": order.success_url,
            "cancel_url": order.cancel_url,
            "metadata": {shapes.OURS: order.payment_id},
            "payment_intent_data": {
                "metadata": {shapes.OURS: order.payment_id},
                "capture_method": "manual" if order.hold else "automatic",
                **({"setup_future_usage": "off_session"} if order.keep_card else {}),
            },
        }
        made = self._stripe.settle(
            lambda client: client.v1.checkout.sessions.create(params, {"idempotency_key": key}),
            lambda: session_of(self._stripe, order.customer, order.payment_id),
        )
        return shapes.checkout(made)

    def expire_checkout(self, ref: CheckoutRef, *, key: str) -> Checkout:
        """Expire a session; one that expired already stays so."""
        known = self._stripe.find(lambda client: client.v1.checkout.sessions.retrieve(ref))
        if known is None or known.status == "complete":
            raise PaymentNotOpen
        if known.status == "expired":
            return shapes.checkout(known)
        expired = self._stripe.settle(
            lambda client: client.v1.checkout.sessions.expire(ref, {}, {"idempotency_key": key}),
            lambda: self._expired(ref),
        )
        return shapes.checkout(expired)

    def _expired(self, ref: CheckoutRef) -> stripe.checkout.Session | None:
        found = self._stripe.find(lambda client: client.v1.checkout.sessions.retrieve(ref))
        return found if found and found.status == "expired" else None

    def charge(self, order: ChargeOrder, *, key: str) -> GatewayPayment:
        """Create and confirm an intent off session."""
        params: stripe.params.PaymentIntentCreateParams = {
            "amount": order.amount.amount,
            "currency": order.amount.currency.lower(),
            "customer": order.customer,
            "payment_method": order.card,
            "description": order.description,
            "metadata": {shapes.OURS: order.payment_id},
            "off_session": True,
            "confirm": True,
            "expand": ["latest_charge"],
        }
        made = self._stripe.settle(
            lambda client: client.v1.payment_intents.create(params, {"idempotency_key": key}),
            lambda: self._charged(order),
        )
        found = shapes.payment(made)
        if found.status == "failed":
            kind = CustomerNeeded if found.decline == "authentication_required" else PaymentDeclined
            raise kind(decline=found.decline or "", ref=found.ref)
        return found

    def _charged(self, order: ChargeOrder) -> stripe.PaymentIntent | None:
        found = self._stripe.find(
            lambda client: client.v1.payment_intents.list(
                {"customer": order.customer, "limit": MOST, "expand": ["data.latest_charge"]}
            )
        )
        return (
            next((each for each in found.data if shapes.ours(each) == order.payment_id), None)
            if found
            else None
        )

    def cards(self, customer: CustomerRef) -> tuple[str, ...]:
        """List a customer's cards."""
        found = self._stripe.find(
            lambda client: client.v1.customers.payment_methods.list(customer, {"type": "card", "limit": MOST})
        )
        return tuple(each.id for each in found.data) if found else ()

    def capture(self, ref: PaymentRef, *, key: str) -> GatewayPayment:
        """Capture an intent in whole."""
        return self._moved(
            ref,
            "succeeded",
            lambda client: client.v1.payment_intents.capture(
                ref, {"expand": ["latest_charge"]}, {"idempotency_key": key}
            ),
        )

    def cancel(self, ref: PaymentRef, *, key: str) -> GatewayPayment:
        """Cancel an intent."""
        return self._moved(
            ref,
            "canceled",
            lambda client: client.v1.payment_intents.cancel(
                ref, {"expand": ["latest_charge"]}, {"idempotency_key": key}
            ),
        )

    def _moved(
        self, ref: PaymentRef, to: str, act: Callable[[stripe.StripeClient], stripe.PaymentIntent]
    ) -> GatewayPayment:
        """Bring an intent to a state in which it may be already."""

        def look_up() -> stripe.PaymentIntent | None:
            found = self._stripe.find(
                lambda client: client.v1.payment_intents.retrieve(ref, {"expand": ["latest_charge"]})
            )
            return found if found and found.status == to else None

        return shapes.payment(look_up() or self._stripe.settle(act, look_up))

    def refund(self, order: RefundOrder, *, key: str) -> GatewayRefund:
        """Create a refund."""
        params: stripe.params.RefundCreateParams = {
            "payment_intent": order.payment,
            "amount": order.amount.amount,
            "metadata": {shapes.OURS: order.refund_id},
        }

        def look_up() -> stripe.Refund | None:
            found = self._stripe.find(
                lambda client: client.v1.refunds.list({"payment_intent": order.payment, "limit": MOST})
            )
            if found is None:
                raise GatewayMisused(f"There is no payment {order.payment}")
            return next((each for each in found.data if shapes.ours(each) == order.refund_id), None)

        return shapes.refund(
            self._stripe.settle(
                lambda client: client.v1.refunds.create(params, {"idempotency_key": key}), look_up
            )
        )


def session_of(client_of: Stripe, customer: CustomerRef, reference: str) -> stripe.checkout.Session | None:
    """Return the customer's session for what we call ``reference``."""
    found = client_of.find(
        lambda client: client.v1.checkout.sessions.list({"customer": customer, "limit": MOST})
    )
    return (
        next((each for each in found.data if each.client_reference_id == reference), None) if found else None
    )
