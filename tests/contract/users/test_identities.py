"""One suite for identities and used proofs, in memory and on PostgreSQL; and first sign-ins at once."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from builders.people import a_user, opened, registered, written
from fixtures.database import Databases
from kit import behalf, clock, ids
from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from users import model
from users.adapters.memory import Memory, MemoryAccounts, MemoryIdentities, MemorySpentProofs
from users.adapters.postgres import (
    PostgresAccounts,
    PostgresIdentities,
    PostgresRetention,
    PostgresSpentProofs,
)
from users.model import Identity, IdentityId, User, UserId
from users.ports import Accounts, Identities, SpentProofs
from users.service import facts

NOW = clock.now().replace(microsecond=123456)
ISSUER = "https://treum.id.test/"


@dataclass
class Store:
    identities: Identities
    accounts: Accounts
    spent: SpentProofs
    person: Callable[[], User]
    told: Callable[[], list[tuple[str, int]]]


def in_postgres(db: Database) -> Store:
    outbox = Outbox(db, None)
    accounts = PostgresAccounts(db, outbox)
    return Store(
        PostgresIdentities(db, outbox, accounts),
        accounts,
        PostgresSpentProofs(db),
        lambda: opened(db),
        lambda: written(db),
    )


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "postgres":
        yield in_postgres(request.getfixturevalue("users_db"))
        return
    memory = Memory()

    def stranger() -> User:
        user = a_user()
        memory.users[user.id] = user
        return user

    yield Store(
        MemoryIdentities(memory),
        MemoryAccounts(memory),
        MemorySpentProofs(memory),
        stranger,
        lambda: [(one.type, one.version) for one in memory.events],
    )


def an_identity(user: User, subject: str = "auth0|1", at: datetime = NOW) -> Identity:
    return Identity(IdentityId(ids.uuid7()), ISSUER, subject, user.id, at)


def telling(identity: Identity) -> Callable[[User], Sequence[Event[Any]]]:
    return lambda user: (facts.identity_linked(user, identity, "asked"),)


def removed(identity: Identity) -> Callable[[User], Sequence[Event[Any]]]:
    return lambda user: (facts.identity_unlinked(user, identity.id, NOW),)


def a_newcomer(email: str | None = None) -> User:
    return replace(a_user(email), password_hash=model.NO_PASSWORD)


def open_(store: Store, user: User, identity: Identity) -> bool:
    events = (registered(user), facts.identity_linked(user, identity, "opened"))
    return store.identities.open(user, identity, events)


def test_an_account_opens_with_its_identity_and_both_are_told(store: Store) -> None:
    user = a_newcomer()
    identity = an_identity(user)
    assert open_(store, user, identity)
    assert store.identities.user_of(ISSUER, "auth0|1") == user
    assert store.identities.of(user.id) == [identity]
    assert store.told() == [("user.registered", 1), ("user.identity_linked", 1)]


def test_an_issuer_and_a_subject_name_one_together(store: Store) -> None:
    user = a_newcomer()
    open_(store, user, an_identity(user))
    assert store.identities.user_of("https://other.id.test/", "auth0|1") is None
    assert store.identities.user_of(ISSUER, "auth0|2") is None
    assert store.identities.user_of(ISSUER, "AUTH0|1") is None


def test_neither_a_taken_address_nor_a_taken_identity_opens_anything(store: Store) -> None:
    first = a_newcomer()
    open_(store, first, an_identity(first))
    told = store.told()
    same_address = a_newcomer(first.email)
    assert not open_(store, same_address, an_identity(same_address, "auth0|2"))
    same_identity = a_newcomer()
    assert not open_(store, same_identity, an_identity(same_identity))
    assert store.accounts.by_id(same_identity.id) is None
    assert store.identities.user_of(ISSUER, "auth0|2") is None
    assert store.told() == told


def test_an_identity_is_linked_to_the_newest_version_only(store: Store) -> None:
    user = store.person()
    identity = an_identity(user)
    assert store.identities.link(identity, user.version + 1, telling(identity)) is None
    linked = store.identities.link(identity, user.version, telling(identity))
    assert linked is not None
    assert linked == replace(user, version=2, updated_at=NOW)
    assert store.accounts.by_id(user.id) == linked
    assert store.told() == [("user.identity_linked", 2)]
    second = an_identity(user, "auth0|2")
    assert store.identities.link(second, user.version, telling(second)) is None
    nobodys = replace(second, user_id=UserId(ids.uuid7()))
    assert store.identities.link(nobodys, 1, telling(nobodys)) is None


def test_a_taken_identity_is_not_linked_and_nothing_changes(store: Store) -> None:
    asha, ravi = store.person(), store.person()
    identity = an_identity(asha)
    store.identities.link(identity, asha.version, telling(identity))
    other = an_identity(ravi)
    with behalf.of(ravi.id):
        assert store.identities.link(other, ravi.version, telling(other)) is None
        taken = store.identities.user_of(identity.issuer, identity.subject)
    assert taken is not None
    assert taken.id == asha.id
    assert store.accounts.by_id(ravi.id) == ravi
    assert store.identities.of(ravi.id) == []
    assert len(store.told()) == 1


def test_identities_are_listed_by_the_time_they_were_linked(store: Store) -> None:
    user = store.person()
    for number, subject in ((2, "b"), (1, "a"), (3, "c")):
        one = an_identity(user, subject, NOW + timedelta(minutes=number))
        current = store.accounts.by_id(user.id)
        assert current is not None
        assert store.identities.link(one, current.version, telling(one))
    assert [one.subject for one in store.identities.of(user.id)] == ["a", "b", "c"]


def test_one_removes_one_s_own_only(store: Store) -> None:
    asha, ravi = store.person(), store.person()
    identity = an_identity(asha)
    store.identities.link(identity, asha.version, telling(identity))
    assert store.identities.unlink(identity.id, ravi.id, NOW, removed(identity)) == "unknown"
    assert store.identities.unlink(IdentityId(ids.uuid7()), asha.id, NOW, removed(identity)) == "unknown"
    nobody = UserId(ids.uuid7())
    assert store.identities.unlink(identity.id, nobody, NOW, removed(identity)) == "unknown"
    assert store.identities.unlink(identity.id, asha.id, NOW, removed(identity)) == "unlinked"
    assert store.identities.unlink(identity.id, asha.id, NOW, removed(identity)) == "unknown"
    assert store.told() == [("user.identity_linked", 2), ("user.identity_unlinked", 3)]
    assert store.identities.user_of(ISSUER, "auth0|1") is None


def test_without_a_password_the_last_identity_stays(store: Store) -> None:
    user = a_newcomer()
    first, second = an_identity(user), an_identity(user, "auth0|2")
    open_(store, user, first)
    assert store.identities.unlink(first.id, user.id, NOW, removed(first)) == "last"
    store.identities.link(second, user.version, telling(second))
    assert store.identities.unlink(first.id, user.id, NOW, removed(first)) == "unlinked"
    assert store.identities.unlink(second.id, user.id, NOW, removed(second)) == "last"


def test_a_proof_is_spent_once(store: Store) -> None:
    assert store.spent.spend(b"a" * 32, NOW)
    assert not store.spent.spend(b"a" * 32, NOW + timedelta(minutes=1))
    assert store.spent.spend(b"b" * 32, NOW)


@pytest.mark.stores
def test_a_spent_proof_is_forgotten_once_it_would_not_be_taken_anyway(users_db: Database) -> None:
    spent = PostgresSpentProofs(users_db)
    spent.spend(b"c" * 32, NOW)
    spent.spend(b"d" * 32, NOW + timedelta(seconds=1))
    PostgresRetention(users_db).forget(NOW + timedelta(seconds=1))
    rows = users_db.all("SELECT digest FROM users.spent_proofs WHERE until >= %s", (NOW,))
    assert [bytes(row[0]) for row in rows] == [b"d" * 32]


RACERS = 8


def at_once(make: Databases, db: Database, run: Callable[[Store, int], bool]) -> list[bool]:
    """Return what each of the racers got; each has a connection of its own."""
    line = Barrier(RACERS)
    connections = [make.another(db) for _ in range(RACERS)]

    def race(number: int) -> bool:
        store = in_postgres(connections[number])
        line.wait(10)
        return run(store, number)

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(race, range(RACERS)))


@pytest.mark.stores
def test_two_removals_at_once_leave_one_way_in(database: Databases) -> None:
    db = database("users")
    for _ in range(5):
        user = a_newcomer()
        own = [an_identity(user, f"{user.id}|{number}") for number in range(RACERS)]
        store = in_postgres(db)
        open_(store, user, own[0])
        for version, one in enumerate(own[1:], 1):
            assert store.identities.link(one, version, telling(one))

        def remove(racer: Store, number: int, own: list[Identity] = own, user: User = user) -> bool:
            return racer.identities.unlink(own[number].id, user.id, NOW, removed(own[number])) == "unlinked"

        assert sum(at_once(database, db, remove)) == RACERS - 1
        assert len(store.identities.of(user.id)) == 1


@pytest.mark.stores
def test_one_proof_is_spent_by_one_of_many(database: Databases) -> None:
    db = database("users")
    assert sum(at_once(database, db, lambda racer, _: racer.spent.spend(b"e" * 32, NOW))) == 1
