"""Stripe behind the gateway's ports, by the ``stripe`` package; the only place that imports it."""

from payments.adapters.stripe.client import Stripe
from payments.adapters.stripe.payments import StripePayments
from payments.adapters.stripe.reader import StripeReader
from payments.adapters.stripe.subscriptions import StripeSubscriptions

__all__ = ["Stripe", "StripePayments", "StripeReader", "StripeSubscriptions"]
