"""Webhooks from TradingView: the owner's side and the door in the API, the consumer behind it."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from signals.adapters.postgres.alerts import PostgresAlerts, PostgresHooks
from signals.bootstrap import life, stores
from signals.service.webhooks import Alerting, Door, Hooking


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """``tradingview_addresses`` are the senders that may call, none for any.

    TradingView publishes them: https://www.tradingview.com/support/solutions/43000529348
    """

    tradingview_addresses: tuple[str, ...] = ()


@cache
def hooks() -> PostgresHooks:
    """Return the hooks."""
    return PostgresHooks(stores.database())


@cache
def alerts() -> PostgresAlerts:
    """Return the alerts.

    They wait for the sweeper, seconds at most: waking the relay for each would let a flood of alerts take
    the place of signals there.
    """
    return PostgresAlerts(stores.database(), None)


@cache
def hooking() -> Hooking:
    """Return the owner's side."""
    return Hooking(hooks(), life.proposing())


@cache
def door() -> Door:
    """Return where alerts arrive."""
    return Door(hooks(), alerts(), frozenset(settings.load(WebhookSettings).tradingview_addresses))


@cache
def alerting() -> Alerting:
    """Return what becomes of them."""
    return Alerting(
        hooks=hooks(),
        alerts=alerts(),
        candles=stores.candles(),
        reference=stores.reference(),
        policies=stores.rules(),
        proposing=life.proposing(),
    )
