"""The consumer: signals become deliveries, plans become quotas, disabled owners have nothing."""

from functools import cache

from partners.adapters.postgres import PostgresOutgoing, PostgresOwners
from partners.bootstrap import stores
from partners.service.recording import Recording


@cache
def recording() -> Recording:
    """Return what plans deliveries."""
    return Recording(PostgresOutgoing(stores.database()))


@cache
def owners() -> PostgresOwners:
    """Return the plans and standing of owners."""
    return PostgresOwners(stores.database())
