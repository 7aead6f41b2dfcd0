"""Fixtures of the partners domain's tests over real stores: one database for all of them."""

from collections.abc import Iterator

import pytest

from fixtures.database import Databases, Migrated
from kit.stores.postgres import Database
from local.stores import Postgres


@pytest.fixture(scope="module")
def databases(postgres: Postgres, migrated: Migrated) -> Iterator[Databases]:
    """Return the maker of connections, which drops what was made."""
    made = Databases(postgres, migrated)
    yield made
    made.close()


@pytest.fixture(scope="module")
def db(databases: Databases) -> Database:
    """Return the domain's database, one a module."""
    return databases("partners")
