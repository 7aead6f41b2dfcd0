"""The figures of performance: their consumer and their rebuilding."""

from functools import cache

from signals.adapters.postgres.performance import PostgresPerformanceBook
from signals.bootstrap import stores
from signals.service.performance import FACTS, Performance


@cache
def performance() -> Performance:
    """Return the use case; who verified the figures matters only where they are read."""
    return Performance(PostgresPerformanceBook(stores.database(), FACTS))
