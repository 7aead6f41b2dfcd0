"""No table that names a person is forgotten: each is in its domain's export, or in a list with the reason."""

from typing import TYPE_CHECKING

import pytest

from builders.two_people import HOLDINGS, naming_people
from privacy.model.export import DOMAINS

if TYPE_CHECKING:
    from fixtures.database import Databases
    from kit.stores.postgres import Database

pytestmark = pytest.mark.stores
EVERYWHERE = {
    "idempotency": "answers to requests, given again for 24 hours and then dropped",
    "due": "the subject is a thing that is due, not a person",
}
APART = {
    "audit.entries": "the event store: ids, and sealed values whose key is destroyed with the person (ADR 103)",
    "audit.anchors": "an address in a bucket",
    "vault.keys": "the key itself, which the erasure destroys",
    "privacy.exports": "the request, shown at GET /privacy",
    "privacy.erasures": "the request, shown at GET /privacy",
    "privacy.holds": "an inquiry must not be told to whom it is about",
    "privacy.engagements": "ids of subscriptions and refunds, which payments hands out",
}


def forgotten(databases: "Databases", db: "Database") -> list[str]:
    """Return each table with a column that names a person, which nobody has said anything about."""
    with databases.owner(db) as owner:
        named = naming_people(owner)
    return sorted(f"{schema}.{table}" for schema, table in named if not _said(schema, table))


def _said(schema: str, table: str) -> bool:
    if table in EVERYWHERE or f"{schema}.{table}" in APART:
        return True
    if schema not in HOLDINGS:
        return False
    one = HOLDINGS[schema]
    return table in {name for section in one.sections for name in section.tables} | dict(one.apart).keys()


def test_every_table_that_names_a_person_is_collected_or_excused(whole: "tuple[Databases, Database]") -> None:
    assert forgotten(*whole) == []


def test_a_new_table_is_found(whole: "tuple[Databases, Database]") -> None:
    databases, db = whole
    with databases.owner(db) as owner:
        owner.execute("CREATE TABLE signals.watchlists (id uuid, owner uuid)")
        assert forgotten(databases, db) == ["signals.watchlists"]
        owner.execute("DROP TABLE signals.watchlists")


def test_who_contributes_is_who_is_asked() -> None:
    assert set(DOMAINS) == HOLDINGS.keys()
