"""The books, and a shop with refunds, in memory and on PostgreSQL, as the role that payments has."""

import pytest

from builders.ledger import OTHERS
from builders.ledger_database import opened
from builders.refund_database import opened as opened_shop
from builders.refund_database import over
from builders.refunds import RefundDesk, in_memory
from fixtures.database import Databases
from payments.adapters.memory.ledger import MemoryLedger
from payments.adapters.postgres.ledger import PostgresLedger
from payments.ports.ledger import Ledger


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """Return the ledger with the chart of accounts and two more."""
    if request.param == "memory":
        return MemoryLedger(OTHERS)
    databases: Databases = request.getfixturevalue("database")
    return PostgresLedger(opened(databases))


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def desk(request: pytest.FixtureRequest) -> RefundDesk:
    """Return a shop whose gateway is in memory."""
    if request.param == "memory":
        return in_memory()
    return over(opened_shop(request.getfixturevalue("database")))
