"""One suite for the vault of wrapped keys: in memory and on PostgreSQL; and who may do what there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

import psycopg
import pytest
from psycopg import errors

from kit import clock
from kit.sealing import Erased, KeyVault
from kit.stores.memory_vault import MemoryVault
from kit.stores.vault import PostgresVault

if TYPE_CHECKING:
    from fixtures.database import Databases


class Destroying(KeyVault, Protocol):
    def destroy(self, subject: str) -> bool: ...


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def vault(request: pytest.FixtureRequest) -> Iterator[Destroying]:
    if request.param == "memory":
        yield MemoryVault()
        return
    make: Databases = request.getfixturevalue("database")
    yield PostgresVault(make.also(make("vault", "audit"), "audit"))


def test_the_first_key_of_a_subject_stands(vault: Destroying) -> None:
    assert vault.wrapped("asha") is None
    assert vault.keep("asha", b"one", clock.now()) == b"one"
    assert vault.keep("asha", b"two", clock.now()) == b"one"
    assert vault.wrapped("asha") == b"one"
    assert vault.wrapped("ravi") is None


def test_a_destroyed_key_never_comes_back(vault: Destroying) -> None:
    vault.keep("asha", b"one", clock.now())
    assert vault.destroy("asha")
    assert not vault.destroy("asha")
    with pytest.raises(Erased):
        vault.wrapped("asha")
    with pytest.raises(Erased):
        vault.keep("asha", b"two", clock.now())


def test_a_subject_erased_before_its_first_key_never_gets_one(vault: Destroying) -> None:
    assert vault.destroy("asha")
    with pytest.raises(Erased):
        vault.keep("asha", b"one", clock.now())


@pytest.mark.stores
def test_domains_ask_and_keep_but_only_audit_destroys(database: "Databases") -> None:
    first = database("vault", "signals", "audit")
    signals, audit = database.also(first, "signals"), database.also(first, "audit")
    PostgresVault(signals).keep("asha", b"one", clock.now())
    with pytest.raises(errors.InsufficientPrivilege):
        PostgresVault(signals).destroy("asha")
    for role in (first, signals, audit):
        for sql in (
            "SELECT * FROM vault.keys",
            "DELETE FROM vault.keys",
            "UPDATE vault.keys SET wrapped = ''",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                role.run(sql)
    assert PostgresVault(audit).destroy("asha")


@pytest.mark.stores
@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM vault.keys",
        "TRUNCATE vault.keys",
        "UPDATE vault.keys SET wrapped = 'other' WHERE subject = 'asha'",
        "UPDATE vault.keys SET subject = 'ravi', wrapped = NULL, destroyed_at = made_at WHERE subject = 'asha'",
        "UPDATE vault.keys SET wrapped = 'back', destroyed_at = NULL WHERE subject = 'gone'",
    ],
)
def test_the_owner_too_can_only_destroy(database: "Databases", sql: str) -> None:
    first = database("vault", "audit")
    audit = PostgresVault(database.also(first, "audit"))
    audit.keep("asha", b"one", clock.now())
    audit.destroy("gone")
    with database.owner(first) as owner:
        owner.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.Error, match="can only be destroyed"):
            owner.execute(sql)
