"""Where webhooks and read-back states are kept, and what this domain is told of the gateway."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from payments.adapters.postgres.notices import PostgresNotices, PostgresStates
from payments.bootstrap.stores import database


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """``STRIPE_SECRET`` names the secret with ``api_key``, ``webhook_secret``, ``webhook_secret_previous``.

    ``STRIPE_API_BASE`` replaces Stripe's own address; empty with a real account.
    """

    stripe_secret: str
    stripe_api_base: str = ""
    relay_function: str = ""


@cache
def own() -> GatewaySettings:
    """Return these settings. Raises ``SettingsError`` that names a missing variable."""
    return settings.load(GatewaySettings)


@cache
def notices() -> PostgresNotices:
    """Return the webhooks."""
    return PostgresNotices(database(), own().relay_function or None)


@cache
def states() -> PostgresStates:
    """Return the states read back."""
    return PostgresStates(database())
