"""Fixtures of the partners domain's suites: the stores in memory, and over one database for all of them."""

from collections.abc import Iterator

import pytest

from builders.moving_clock import moving_clock
from builders.partners import Stores, in_memory, on_postgres
from fixtures.database import Databases, Migrated
from kit.stores.postgres import Database
from local.stores import Postgres

__all__ = ["moving_clock"]
_EMPTY = (
    "DELETE FROM messages",
    "DELETE FROM publications",
    "DELETE FROM endpoints",
    "DELETE FROM usage_hours",
    "DELETE FROM keys",
    "DELETE FROM applications",
    "DELETE FROM owners",
)


@pytest.fixture(scope="session")
def partners_database(postgres: Postgres, migrated: Migrated) -> Iterator[Database]:
    """Return the domain's database, one a run."""
    made = Databases(postgres, migrated)
    yield made("partners")
    made.close()


@pytest.fixture
def stores(over: str, request: pytest.FixtureRequest) -> Stores:
    """Return empty stores."""
    if over == "memory":
        return in_memory()
    db: Database = request.getfixturevalue("partners_database")
    for statement in _EMPTY:
        db.run(statement)
    return on_postgres(db)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def over(request: pytest.FixtureRequest) -> str:
    """Return what the stores are over."""
    return str(request.param)
