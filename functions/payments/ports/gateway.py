"""A payment gateway, as the domain needs it.

Every method that changes something takes ``key``: the same key with the same order happens once, however
often it is asked. When no answer comes the adapter looks up what happened, then asks again under the key;
:class:`~payments.errors.gateway.OutcomeUnknown` is raised only where that did not help either. All may
raise ``GatewayBusy`` (nothing happened), and ``GatewayMisused`` where we are at fault.
"""

from typing import Protocol

from payments.model.dispute import GatewayDispute
from payments.model.gateway import (
    ChargeOrder,
    Checkout,
    CheckoutOrder,
    CheckoutRef,
    CustomerRef,
    Forecast,
    GatewayInvoice,
    GatewayPayment,
    GatewayRefund,
    GatewaySubscription,
    InvoiceRef,
    PaymentRef,
    PriceOrder,
    PriceRef,
    Proration,
    RefundOrder,
    SubscriptionOrder,
    SubscriptionRef,
)


class PaymentGateway(Protocol):
    """Takes money and gives it back."""

    def customer(self, user: str, email: str, *, key: str) -> CustomerRef:
        """Return the gateway's customer for our user, made where there is none yet."""

    def open_checkout(self, order: CheckoutOrder, *, key: str) -> Checkout:
        """Return a hosted page on which the order is paid."""

    def expire_checkout(self, ref: CheckoutRef, *, key: str) -> Checkout:
        """Close a page nobody paid on; raises ``PaymentNotOpen`` for one that is complete."""

    def charge(self, order: ChargeOrder, *, key: str) -> GatewayPayment:
        """Charge a kept card. Raises ``PaymentDeclined``, ``CustomerNeeded``."""

    def cards(self, customer: CustomerRef) -> tuple[str, ...]:
        """Return the references of the cards a customer left, newest first."""

    def capture(self, ref: PaymentRef, *, key: str) -> GatewayPayment:
        """Take what is authorised; what is captured already stays so. Raises ``PaymentNotOpen``."""

    def cancel(self, ref: PaymentRef, *, key: str) -> GatewayPayment:
        """Release what is authorised or still open. Raises ``PaymentNotOpen`` for what was captured."""

    def refund(self, order: RefundOrder, *, key: str) -> GatewayRefund:
        """Give money back. Raises ``RefundRefused``."""


class SubscriptionGateway(Protocol):
    """Takes money again and again."""

    def price(self, order: PriceOrder, *, key: str) -> PriceRef:
        """Return the price of that name, made where there is none yet."""

    def open_subscription(self, order: SubscriptionOrder, *, key: str) -> Checkout:
        """Return a hosted page on which the subscription is begun."""

    def change_price(
        self, ref: SubscriptionRef, price: PriceRef, proration: Proration, *, key: str
    ) -> GatewaySubscription:
        """Go on at another price; what the period still holds is settled as ``proration`` says.

        Raises ``PaymentDeclined`` or ``CustomerNeeded`` for ``anew`` that was not paid: nothing changed.
        """

    def preview(self, ref: SubscriptionRef, price: PriceRef | None = None) -> Forecast | None:
        """Return what a change to ``price`` would cost now, the period begun anew; None: the next renewal.

        None for a subscription that will not be renewed.
        """

    def end_subscription(self, ref: SubscriptionRef, *, at_once: bool, key: str) -> GatewaySubscription:
        """End now or with the period; one that has ended stays so."""

    def resume_subscription(self, ref: SubscriptionRef, *, key: str) -> GatewaySubscription:
        """Take back an end that has not come. Raises ``PaymentNotOpen`` when it has."""

    def pay_invoice(self, ref: InvoiceRef, *, key: str) -> GatewayInvoice:
        """Try an open invoice again; a paid one stays so. Raises ``PaymentDeclined``."""


class GatewayReader(Protocol):
    """What the gateway holds now. Every method answers None, or nothing, for what it does not know."""

    def payment(self, ref: PaymentRef) -> GatewayPayment | None:
        """Return a payment."""

    def refunds(self, ref: PaymentRef) -> tuple[GatewayRefund, ...]:
        """Return a payment's refunds, newest first."""

    def disputes(self, ref: PaymentRef) -> tuple[GatewayDispute, ...]:
        """Return a payment's disputes, newest first, with what each moved; without mere inquiries."""

    def checkout(self, ref: CheckoutRef) -> Checkout | None:
        """Return a hosted page."""

    def subscription(self, ref: SubscriptionRef) -> GatewaySubscription | None:
        """Return a subscription."""

    def invoices(self, ref: SubscriptionRef) -> tuple[GatewayInvoice, ...]:
        """Return a subscription's invoices, newest first; at most the newest hundred."""
