"""The track record and what readers leave behind, for the HTTP API."""

from functools import cache

from kit import settings
from signals.adapters.postgres.readers import PostgresFeedbackBook, PostgresSubscriptionBook
from signals.bootstrap import api, stores
from signals.service.readers import Choosing, Opinions
from signals.service.voiding import Voiding


@cache
def voiding() -> Voiding:
    """Return how a promise is voided; built apart, because InfluxDB's client is slow to import."""
    return Voiding(stores.book(), api.reading().record, stores.candles())


@cache
def opinions() -> Opinions:
    """Return the feedback of readers."""
    return Opinions(PostgresFeedbackBook(stores.database()), api.reading())


@cache
def choosing() -> Choosing:
    """Return the subscriptions of readers."""
    relay = settings.load(stores.StoreSettings).relay_function or None
    return Choosing(PostgresSubscriptionBook(stores.database(), relay))
