"""One suite for confirmations: in memory and on PostgreSQL."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from kit import clock, ids
from kit.stores.postgres import Database
from users.adapters.memory import Memory, MemoryConfirmations
from users.adapters.postgres import PostgresConfirmations
from users.model import Confirmation, ConfirmationId, UserId
from users.ports import Confirmations

NOW = clock.now().replace(microsecond=123456)
APART = timedelta(seconds=30)


@dataclass
class Store:
    confirmations: Confirmations
    person: Callable[[], UserId]


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        yield Store(MemoryConfirmations(Memory()), lambda: UserId(ids.uuid7()))
        return
    db: Database = request.getfixturevalue("users_db")

    def person() -> UserId:
        user_id = UserId(ids.uuid7())
        db.run(
            "INSERT INTO users.users (id, email, password_hash, display_name, locale, roles, plan, version,"
            " created_at, updated_at) VALUES (%s, %s, 'x', '', 'en', '{user}', 'free', 1, %s, %s)",
            (user_id, f"{user_id}@example.com", NOW, NOW),
        )
        return user_id

    yield Store(PostgresConfirmations(db), person)


def asked(user_id: UserId, at: datetime = NOW) -> Confirmation:
    return Confirmation(
        id=ConfirmationId(ids.uuid7()),
        purpose="step_up",
        method="otp",
        user_id=user_id,
        bound_to="family",
        code_hash=b"c" * 32,
        created_at=at,
        expires_at=at + timedelta(minutes=10),
    )


def open_(store: Store, one: Confirmation, per_hour: int = 3) -> timedelta | None:
    return store.confirmations.open(one, per_hour=per_hour, apart=APART)


def test_tries_are_counted_for_the_one_who_asked(store: Store) -> None:
    asha, other = store.person(), store.person()
    one = asked(asha)
    assert open_(store, one) is None
    assert store.confirmations.attempt(one.id, other, "step_up") is None
    assert store.confirmations.attempt(ConfirmationId(ids.uuid7()), asha, "step_up") is None
    assert store.confirmations.attempt(one.id, asha, "step_up") == replace(one, attempts=1)
    assert store.confirmations.attempt(one.id, asha, "step_up") == replace(one, attempts=2)


def test_one_is_used_up_once_and_by_its_owner(store: Store) -> None:
    asha, other = store.person(), store.person()
    one = asked(asha)
    open_(store, one)
    assert not store.confirmations.consume(one.id, other, NOW)
    assert store.confirmations.consume(one.id, asha, NOW)
    assert not store.confirmations.consume(one.id, asha, NOW)
    tried = store.confirmations.attempt(one.id, asha, "step_up")
    assert tried is not None
    assert tried.consumed_at == NOW


def test_the_next_one_waits_its_time_and_voids_the_one_before(store: Store) -> None:
    asha = store.person()
    first = asked(asha)
    open_(store, first)
    assert open_(store, asked(asha, NOW + timedelta(seconds=20))) == timedelta(seconds=10)
    assert open_(store, asked(store.person())) is None
    assert open_(store, asked(asha, NOW + APART)) is None
    assert not store.confirmations.consume(first.id, asha, NOW + APART)


def test_an_hour_has_so_many(store: Store) -> None:
    asha = store.person()
    for minute in range(3):
        assert open_(store, asked(asha, NOW + timedelta(minutes=minute))) is None
    late = NOW + timedelta(minutes=10)
    assert open_(store, asked(asha, late)) == timedelta(minutes=50)
    assert open_(store, asked(asha, NOW + timedelta(hours=1))) is None
