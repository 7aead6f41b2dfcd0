"""One suite for the ledger of consents: in memory and on PostgreSQL."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from builders.people import NOW, a_user, opened
from kit import events, ids
from kit.events import Event
from kit.events.user_events import UserConsentChanged
from kit.outbox import Outbox
from kit.stores.postgres import Database
from users.adapters.memory import Memory, MemoryConsents
from users.adapters.postgres import PostgresConsents
from users.model import ConsentEntry, ConsentId, User
from users.ports import Consents

DIGEST = "a" * 64


@dataclass
class Store:
    consents: Consents
    person: Callable[[], User]
    told: Callable[[User], list[int]]


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stores)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        memory = Memory()

        def stranger() -> User:
            user = a_user()
            memory.users[user.id] = user
            return user

        def heard(user: User) -> list[int]:
            return [one.version for one in memory.events if one.subject == user.id]

        yield Store(MemoryConsents(memory), stranger, heard)
        return
    db: Database = request.getfixturevalue(
        "users_database"
    )  # nobody empties a ledger: each test has its people

    def written(user: User) -> list[int]:
        rows = db.all("SELECT version FROM users.outbox WHERE key = %s ORDER BY seq", (user.id,))
        return [row[0] for row in rows]

    yield Store(PostgresConsents(db, Outbox(db, None)), lambda: opened(db), written)


def line(user: User, *, given: bool = True, at: datetime = NOW, purpose: str = "news") -> ConsentEntry:
    return ConsentEntry(ConsentId(ids.uuid7()), user.id, purpose, "v1", DIGEST, given, "en", at)


def tell(user: User) -> Event[Any]:
    data = UserConsentChanged(
        user_id=user.id,
        purpose="news",
        notice_version="v1",
        notice_digest=DIGEST,
        given=True,
        changed_at=NOW,
    )
    return events.new(data, subject=user.id, version=user.version)


def test_lines_are_kept_when_they_are_news_and_told_with_the_next_version(store: Store) -> None:
    asha = store.person()
    first = line(asha)
    assert not store.consents.add(line(asha, given=False), tell)
    assert store.consents.add(first, tell)
    assert not store.consents.add(line(asha, at=NOW + timedelta(seconds=1)), tell)
    newer = replace(line(asha, at=NOW + timedelta(seconds=2)), version="v2", digest="b" * 64)
    ended = line(asha, given=False, at=NOW + timedelta(seconds=3))
    assert store.consents.add(newer, tell)
    assert store.consents.add(ended, tell)
    assert store.consents.history(asha.id, None, 10) == [ended, newer, first]
    assert store.told(asha) == [2, 3, 4]


def test_purposes_and_people_are_apart(store: Store) -> None:
    asha, other = store.person(), store.person()
    mine = [line(asha, purpose="a"), line(asha, purpose="b"), line(asha, purpose="b", given=False)]
    mine[2] = replace(mine[2], at=NOW + timedelta(seconds=1))
    theirs = line(other, purpose="a")
    for one in (*mine, theirs):
        assert store.consents.add(one, tell)
    assert store.consents.newest(asha.id) == [mine[0], mine[2]]
    assert store.consents.newest(other.id) == [theirs]
    assert store.consents.newest(store.person().id) == []


def test_the_history_goes_on_where_it_stopped(store: Store) -> None:
    asha = store.person()
    lines = [
        line(asha, given=turn % 2 == 0, at=NOW + timedelta(seconds=turn // 2)) for turn in range(6)
    ]  # two in one second
    for one in lines:
        store.consents.add(one, tell)
    first = store.consents.history(asha.id, None, 2)
    second = store.consents.history(asha.id, first[-1].id, 2)
    third = store.consents.history(asha.id, second[-1].id, 9)
    assert [*first, *second, *third] == lines[::-1]
    assert store.consents.history(store.person().id, first[-1].id, 9) == []


@pytest.mark.stores
@pytest.mark.parametrize("command", ["UPDATE users.consents SET given = false", "DELETE FROM users.consents"])
def test_the_domains_role_cannot_rewrite_the_ledger(users_database: Database, command: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        users_database.run(command)
