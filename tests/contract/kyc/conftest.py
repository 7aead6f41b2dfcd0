"""KYC in memory and on PostgreSQL, as the role that kyc has. One database serves all: people are new each time."""

from collections.abc import Iterator

import pytest

from builders.kyc import KycDesk, in_memory, opened, over
from fixtures.database import Databases, Migrated
from kit.stores.postgres import Database
from local.stores import Postgres


@pytest.fixture(scope="module")
def shared(postgres: Postgres, migrated: Migrated) -> Iterator[Database]:
    """Return a database with kyc's schema."""
    databases = Databases(postgres, migrated)
    yield opened(databases)
    databases.close()


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def desk(request: pytest.FixtureRequest) -> KycDesk:
    """Return a desk over either."""
    if request.param == "memory":
        return in_memory()
    db: Database = request.getfixturevalue("shared")
    db.run("DELETE FROM due", ())
    return over(db)
