"""Privacy in memory and on PostgreSQL, as the role that privacy has. People are new each time."""

from collections.abc import Iterator

import pytest

from builders.privacy import PrivacyDesk, in_memory, over
from fixtures.database import Databases, Migrated
from kit.stores.postgres import Database
from local.stores import Postgres


@pytest.fixture(scope="module")
def shared(postgres: Postgres, migrated: Migrated) -> Iterator[Database]:
    """Return a database with privacy's schema and the vault."""
    databases = Databases(postgres, migrated)
    yield databases("privacy", "vault")
    databases.close()


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def desk(request: pytest.FixtureRequest) -> PrivacyDesk:
    """Return a desk over either."""
    if request.param == "memory":
        return in_memory()
    db: Database = request.getfixturevalue("shared")
    db.run("DELETE FROM due", ())
    return over(db)
