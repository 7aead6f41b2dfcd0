"""The KYC API over PostgreSQL, as its function runs it; bytes, provider and letters are in memory."""

from collections.abc import Iterator

import pytest

from builders.kyc import DatabaseDesk, opened, over
from fixtures.database import Databases, Migrated
from kit.audit import Witness
from kit.stores.postgres import Database
from kyc import bootstrap
from local.stores import Postgres


@pytest.fixture(scope="module")
def shared(postgres: Postgres, migrated: Migrated) -> Iterator[Database]:
    """Return a database with kyc's schema."""
    databases = Databases(postgres, migrated)
    yield opened(databases)
    databases.close()


@pytest.fixture
def desk(shared: Database, monkeypatch: pytest.MonkeyPatch) -> DatabaseDesk:
    """Return a desk that the API works with."""
    made = over(shared)
    monkeypatch.setattr(bootstrap.api, "applying", lambda: made.applying)
    monkeypatch.setattr(bootstrap.api, "reviewing", lambda: made.reviewing)
    monkeypatch.setattr(bootstrap.api, "disclosing", lambda: made.disclosing)
    monkeypatch.setattr(bootstrap.api, "witness", Witness)
    return made
