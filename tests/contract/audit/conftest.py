"""One event store on memory and on PostgreSQL."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from builders.audit_store import Store, memory_store, postgres_store

if TYPE_CHECKING:
    from fixtures.database import Databases


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        yield memory_store()
        return
    make: Databases = request.getfixturevalue("database")
    yield postgres_store(make("audit"))
