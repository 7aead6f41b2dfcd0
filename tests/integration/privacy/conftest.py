"""One database with every schema, filled with two people."""

from collections.abc import Iterator

import pytest

from builders.two_people import HOLDINGS, SCHEMAS, Filled, fill, loosen, two
from fixtures.database import Databases, Migrated
from kit.stores.postgres import Database
from local.stores import Postgres


@pytest.fixture(scope="module")
def whole(postgres: Postgres, migrated: Migrated) -> Iterator[tuple[Databases, Database]]:
    """Return a database with every schema."""
    made = Databases(postgres, migrated)
    yield made, made(*SCHEMAS)
    made.close()


@pytest.fixture(scope="module")
def filled(postgres: Postgres, migrated: Migrated) -> Iterator[Filled]:
    """Return one with two people in all tables that are collected from."""
    made = Databases(postgres, migrated)
    first = made(*SCHEMAS)
    asha, bela = two()
    with made.owner(first) as owner:
        loosen(owner)
        for domain in HOLDINGS:
            for who in (asha, bela):
                fill(owner, domain, who)
    yield Filled(made, first, asha, bela)
    made.close()
