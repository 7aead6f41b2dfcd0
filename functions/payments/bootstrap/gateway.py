"""The payment gateway of the settings; imports Stripe's package, so only functions that call it come here."""

from functools import cache

from kit import secrets
from payments.adapters.stripe import Stripe, StripePayments, StripeReader, StripeSubscriptions
from payments.adapters.stripe.books import StripeBooks
from payments.bootstrap.notices import own


@cache
def _stripe() -> Stripe:
    chosen = own()
    return Stripe(
        lambda fresh: secrets.get(chosen.stripe_secret, fresh=fresh)["api_key"], chosen.stripe_api_base
    )


@cache
def reader() -> StripeReader:
    """Return what reads the gateway."""
    return StripeReader(_stripe())


@cache
def books() -> StripeBooks:
    """Return the gateway's own books."""
    return StripeBooks(_stripe())


@cache
def payments() -> StripePayments:
    """Return what takes money."""
    return StripePayments(_stripe())


@cache
def subscriptions() -> StripeSubscriptions:
    """Return what takes money again and again."""
    return StripeSubscriptions(_stripe())
