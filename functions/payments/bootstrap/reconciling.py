"""The reconciler, and what it found, which needs no gateway to be read."""

from functools import cache

from payments.adapters.postgres.access_book import PostgresAccessBook
from payments.adapters.postgres.findings import PostgresFindings
from payments.adapters.postgres.reconciling import PostgresMatching
from payments.bootstrap import orders
from payments.bootstrap.stores import database, ledger
from payments.service.reconciling import Reconciling


@cache
def matching() -> PostgresMatching:
    """Return both books beside one another."""
    return PostgresMatching(database())


@cache
def findings() -> PostgresFindings:
    """Return what differs."""
    return PostgresFindings(database(), orders.own().relay_function or None)


@cache
def reconciling() -> Reconciling:
    """Return what compares."""
    from payments.bootstrap import gateway  # noqa: PLC0415 - Stripe's package, which the API does not carry

    return Reconciling(gateway.books(), ledger(), matching(), findings(), PostgresAccessBook(database()))
