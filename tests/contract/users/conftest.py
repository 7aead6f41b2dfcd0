"""Fixtures of the users domain's contracts: one database a module, emptied for each test."""

from collections.abc import Iterator

import pytest

from builders import credential_stores
from builders.moving_clock import moving_clock
from fixtures.database import Databases, Migrated
from kit.stores.postgres import Database
from local.stores import Postgres

__all__ = ["moving_clock"]
_TABLES = (
    "outbox",
    "identities",
    "spent_proofs",
    "login_attempts",
    "password_resets",
    "address_changes",
    "confirmations",
    "otp_verifications",
    "second_factors",
    "devices",
    "users",
)


@pytest.fixture(scope="module")
def users_database(postgres: Postgres, migrated: Migrated) -> Iterator[Database]:
    """Return the module's database, whatever is in it."""
    made = Databases(postgres, migrated)
    yield made("users")
    made.close()


@pytest.fixture
def users_db(users_database: Database) -> Database:
    """Return the module's database, empty."""
    with users_database.transaction():
        for table in _TABLES:
            users_database.run(f"DELETE FROM users.{table}")  # noqa: S608 - our own names
    return users_database


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def stores(request: pytest.FixtureRequest) -> credential_stores.Stores:
    """Return what holds credentials, in memory and on PostgreSQL."""
    if request.param == "memory":
        return credential_stores.in_memory()
    return credential_stores.in_postgres(request.getfixturevalue("users_db"))
