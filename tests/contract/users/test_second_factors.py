"""One suite for authenticator apps and backup codes: in memory and on PostgreSQL; and the last code under a race."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

import pytest

from builders.people import a_user, opened, written
from fixtures.database import Databases
from kit import clock, events
from kit.events import Event
from kit.events.user_events import UserSecondFactorDisabled, UserSecondFactorEnabled
from kit.outbox import Outbox
from kit.stores.postgres import Database
from users.adapters.memory import Memory, MemorySecondFactors
from users.adapters.postgres import PostgresSecondFactors
from users.model import SecondFactor, User, UserId
from users.ports import SecondFactors

NOW = clock.now().replace(microsecond=123456)
CODES = [bytes([n]) * 32 for n in range(3)]
NEW = [bytes([n]) * 32 for n in range(7, 9)]


@dataclass
class Store:
    factors: SecondFactors
    person: Callable[[], UserId]
    told: Callable[[], list[tuple[str, int]]]


def a_person(db: Database) -> UserId:
    return opened(db).id


def on(user: User) -> Event[Any]:
    return events.new(
        UserSecondFactorEnabled(user_id=user.id, enabled_at=NOW), subject=user.id, version=user.version
    )


def off(user: User) -> Event[Any]:
    return events.new(
        UserSecondFactorDisabled(user_id=user.id, disabled_at=NOW), subject=user.id, version=user.version
    )


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        memory = Memory()

        def stranger() -> UserId:
            user = a_user()
            memory.users[user.id] = user
            return user.id

        yield Store(
            MemorySecondFactors(memory), stranger, lambda: [(one.type, one.version) for one in memory.events]
        )
        return
    db: Database = request.getfixturevalue("users_db")
    yield Store(PostgresSecondFactors(db, Outbox(db, None)), lambda: a_person(db), lambda: written(db))


def confirmed(store: Store) -> UserId:
    asha = store.person()
    assert store.factors.enrol(asha, "s1.one", NOW)
    assert store.factors.confirm(asha, 10, CODES, NOW, on)
    return asha


def test_an_app_is_read_back_before_and_after_it_is_confirmed(store: Store) -> None:
    asha = store.person()
    assert store.factors.of(asha) is None
    store.factors.enrol(asha, "s1.one", NOW)
    assert store.factors.enrol(asha, "s1.two", NOW)
    assert store.factors.of(asha) == SecondFactor("s1.two", 0, NOW)
    assert store.factors.confirm(asha, 10, CODES, NOW, on)
    assert store.factors.of(asha) == SecondFactor("s1.two", 10, NOW, NOW, 3)


def test_only_what_waits_is_confirmed_and_nothing_confirmed_is_replaced(store: Store) -> None:
    assert not store.factors.confirm(store.person(), 1, CODES, NOW, on)
    asha = confirmed(store)
    assert not store.factors.confirm(asha, 99, NEW, NOW, on)
    assert not store.factors.enrol(asha, "s1.three", NOW)
    assert store.factors.of(asha) == SecondFactor("s1.one", 10, NOW, NOW, 3)


def test_steps_only_go_forward(store: Store) -> None:
    asha, other = confirmed(store), store.person()
    store.factors.enrol(other, "s1.one", NOW)
    assert [store.factors.use_step(asha, step) for step in (9, 10, 12, 11, 12, 13)] == [
        False, False, True, False, False, True,
    ]  # fmt: skip
    assert not store.factors.use_step(other, 50)


def test_a_backup_code_is_its_owners_and_works_once(store: Store) -> None:
    asha, other = confirmed(store), confirmed(store)
    assert not store.factors.use_backup(asha, NEW[0], NOW)
    assert store.factors.use_backup(asha, CODES[0], NOW)
    assert not store.factors.use_backup(asha, CODES[0], NOW)
    assert store.factors.use_backup(other, CODES[0], NOW)
    found = store.factors.of(asha)
    assert found is not None
    assert found.backup_codes == 2


def test_new_codes_replace_all_and_need_a_confirmed_app(store: Store) -> None:
    asha, other = confirmed(store), store.person()
    store.factors.enrol(other, "s1.one", NOW)
    assert not store.factors.renew_backups(other, NEW, NOW)
    assert store.factors.renew_backups(asha, NEW, NOW)
    assert not store.factors.use_backup(asha, CODES[0], NOW)
    assert store.factors.use_backup(asha, NEW[0], NOW)


def test_what_is_removed_is_gone_with_its_codes(store: Store) -> None:
    asha = confirmed(store)
    assert store.factors.remove(asha, NOW, off)
    assert not store.factors.remove(asha, NOW, off)
    assert store.factors.of(asha) is None
    assert not store.factors.use_backup(asha, CODES[0], NOW)


def test_each_turn_is_told_once_with_the_next_version(store: Store) -> None:
    asha = confirmed(store)
    assert not store.factors.confirm(asha, 11, NEW, NOW, on)
    assert store.factors.remove(asha, NOW, off)
    assert not store.factors.remove(asha, NOW, off)
    assert store.told() == [("user.second_factor_enabled", 2), ("user.second_factor_disabled", 3)]


def test_an_app_that_never_counted_goes_without_a_word(store: Store) -> None:
    asha = store.person()
    store.factors.enrol(asha, "s1.one", NOW)
    assert store.factors.remove(asha, NOW, off)
    assert store.told() == []


@pytest.mark.stores
def test_the_last_code_and_one_time_step_let_one_of_eight_in(database: Databases) -> None:
    """Eight connections at once, twenty times over: whoever comes second finds it used."""
    first = database("users")
    connections = [database.another(first) for _ in range(8)]
    for round_ in range(20):
        asha = a_person(first)
        stores = [PostgresSecondFactors(one, Outbox(one, None)) for one in connections]
        stores[0].enrol(asha, "s1.one", NOW)
        stores[0].confirm(asha, 10, CODES[:1], NOW, on)
        barrier = Barrier(len(stores))

        def use(
            one: PostgresSecondFactors, *, asha: UserId = asha, barrier: Barrier = barrier
        ) -> tuple[bool, bool]:
            barrier.wait(timeout=10)
            return one.use_backup(asha, CODES[0], NOW), one.use_step(asha, 11)

        with ThreadPoolExecutor(len(stores)) as pool:
            won = list(pool.map(use, stores))
        assert [sum(each) for each in zip(*won, strict=True)] == [1, 1], f"round {round_}"


@pytest.mark.stores
def test_two_renewals_at_once_leave_one_set_of_codes(database: Databases) -> None:
    first = database("users")
    connections = [database.another(first) for _ in range(4)]
    asha = a_person(first)
    stores = [PostgresSecondFactors(one, Outbox(one, None)) for one in connections]
    stores[0].enrol(asha, "s1.one", NOW)
    stores[0].confirm(asha, 10, CODES, NOW, on)
    barrier = Barrier(len(stores))

    def renew(place: int) -> bool:
        barrier.wait(timeout=10)
        return stores[place].renew_backups(asha, [bytes([place, n]) * 16 for n in range(10)], NOW)

    with ThreadPoolExecutor(len(stores)) as pool:
        assert all(pool.map(renew, range(len(stores))))
    found = stores[0].of(asha)
    assert found is not None
    assert found.backup_codes == 10
