"""Races on a real PostgreSQL: many threads, each with its own connection."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from typing import Any, TypeVar

import pytest

from fixtures.database import Databases
from kit import clock, events, ids
from kit.events import Event
from kit.events.user_events import UserRegistered, UserSessionsRevoked
from kit.outbox import Outbox
from kit.stores.postgres import Database
from users import model
from users.adapters.postgres import PostgresAccounts, PostgresAttempts, PostgresChallenges, PostgresSessions
from users.model import Address, Challenge, ChallengeId, Device, FamilyId, RefreshToken, User, UserId
from users.service import facts

pytestmark = pytest.mark.stores
T = TypeVar("T")
THREADS = 8
NOW = clock.now()


@contextmanager
def racing(make: Databases, db: Database) -> Iterator[Callable[[Callable[[Database], T]], list[T]]]:
    """Give a way to run one thing in every thread at the same moment."""
    connections = [make.another(db) for _ in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:

        def race(run: Callable[[Database], T]) -> list[T]:
            barrier = Barrier(THREADS)

            def one(connection: Database) -> T:
                barrier.wait(10)
                return run(connection)

            return list(pool.map(one, connections))

        yield race


def open_account(db: Database) -> User:
    user = User(
        UserId(ids.uuid7()),
        f"{ids.uuid7()}@example.com",
        None,
        "x",
        "",
        "en",
        ("user",),
        "free",
        0,
        1,
        NOW,
        NOW,
    )
    assert PostgresAccounts(db, Outbox(db, None)).seed(user, registered(user))
    return user


def registered(user: User) -> Event[Any]:
    data = UserRegistered(user_id=user.id, plan=user.plan, roles=user.roles, registered_at=NOW)
    return events.new(data, subject=user.id, version=user.version)


def ended(user: User, family: FamilyId) -> Event[Any]:
    data = UserSessionsRevoked(
        user_id=user.id, families=(family,), not_before=0, reason="race", revoked_at=NOW
    )
    return events.new(data, subject=user.id, version=user.version)


def session_of(db: Database, user: User, device_id: str = "device-1") -> tuple[FamilyId, bytes]:
    family, first = FamilyId(ids.uuid7()), ids.uuid7().encode()[:32]
    device = Device(family, user.id, device_id, "", NOW, NOW)
    token = RefreshToken(first, family, user.id, NOW, NOW + model.REFRESH_LIFE)
    PostgresSessions(db, Outbox(db, None)).open(device, token, user.password_hash, facts.ending)
    return family, first


def live(db: Database, family: FamilyId) -> int:
    row = db.one("SELECT count(*) FROM users.refresh_tokens WHERE family = %s AND used_at IS NULL", (family,))
    assert row is not None
    return int(row[0])


def test_racing_refreshes_of_one_token_get_one_successor(database: Databases) -> None:
    db = database("users")
    user = open_account(db)
    with racing(database, db) as race:
        for turn in range(10):
            family, first = session_of(db, user)
            successor = f"{turn:032d}".encode()

            def refresh(own: Database, first: bytes = first, successor: bytes = successor) -> str:
                store = PostgresSessions(own, Outbox(own, None))
                return store.rotate(first, successor, "device-1", NOW, ended).verdict

            assert Counter(race(refresh)) == {"rotate": 1, "replay": THREADS - 1}
            assert live(db, family) == 1


def test_racing_thieves_end_the_family_once(database: Databases) -> None:
    db = database("users")
    user = open_account(db)
    _, first = session_of(db, user)
    sessions = PostgresSessions(db, Outbox(db, None))
    sessions.rotate(first, b"2" * 32, "device-1", NOW, ended)
    late = NOW + model.REPLAY_WINDOW + timedelta(seconds=1)
    with racing(database, db) as race:

        def steal(own: Database) -> str:
            store = PostgresSessions(own, Outbox(own, None))
            return store.rotate(first, b"2" * 32, "device-1", late, ended).verdict

        assert Counter(race(steal)) == {"reuse": 1, "ended": THREADS - 1}
    told = db.all("SELECT version FROM users.outbox WHERE key = %s ORDER BY seq", (user.id,))
    assert [row[0] for row in told] == [1, 2]
    assert sessions.rotate(b"2" * 32, b"3" * 32, "device-1", late, ended).verdict == "ended"


def test_refreshes_racing_sign_outs_leave_nothing_alive(database: Databases) -> None:
    db = database("users")
    user = open_account(db)
    families = [session_of(db, user, f"device-{number}") for number in range(4)]
    with racing(database, db) as race:
        numbers = iter(range(THREADS))

        def mixed(own: Database) -> None:
            number = next(numbers)
            store = PostgresSessions(own, Outbox(own, None))
            family, first = families[number % 4]
            if number == 7:
                store.end_all(user.id, "race", 1, NOW, lambda after: (ended(after, family),))
            elif number % 2:
                store.end(user.id, family, "race", NOW, ended)
            else:
                store.rotate(first, f"{number:032d}".encode(), f"device-{number % 4}", NOW, ended)

        race(mixed)
    assert PostgresSessions(db, Outbox(db, None)).devices(user.id, NOW) == []
    versions = [
        row[0]
        for row in db.all("SELECT version FROM users.outbox WHERE key = %s ORDER BY version", (user.id,))
    ]
    assert versions == list(range(1, len(versions) + 1))


def test_racing_sign_ins_cannot_outrun_the_count(database: Databases) -> None:
    db = database("users")
    with racing(database, db) as race:
        waits = [
            wait
            for _ in range(2)
            for wait in race(lambda own: PostgresAttempts(own).begin(b"a" * 32, None, NOW))
        ]
    assert sum(wait is None for wait in waits) == model.TRIES_BEFORE_PAUSE


def test_racing_registrations_of_one_address_are_five_an_hour(database: Databases) -> None:
    db = database("users")

    def challenge() -> Challenge:
        made = ChallengeId(ids.uuid7())
        address = Address("email", "asha@example.com")
        until = NOW + model.CODE_LIFE
        return Challenge(made, address, False, "x", "", "en", b"c" * 32, NOW, until, last_sent_at=NOW)

    with racing(database, db) as race:
        kept = race(lambda own: PostgresChallenges(own).open(challenge(), per_hour=5))
    assert sum(kept) == 5


def test_racing_proofs_of_one_code_open_one_account(database: Databases) -> None:
    db = database("users")
    address = Address("email", "asha@example.com")
    made = ChallengeId(ids.uuid7())
    until = NOW + model.CODE_LIFE
    kept = Challenge(made, address, False, "x", "", "en", b"c" * 32, NOW, until, last_sent_at=NOW)
    PostgresChallenges(db).open(kept, per_hour=5)
    with racing(database, db) as race:

        def prove(own: Database) -> bool:
            user = User(
                UserId(ids.uuid7()), address.value, None, "x", "", "en", ("user",), "free", 0, 1, NOW, NOW
            )
            return PostgresAccounts(own, Outbox(own, None)).register(user, made, registered(user))

        assert sum(race(prove)) == 1
    assert db.one("SELECT count(*) FROM users.users") == (1,)
    assert db.one("SELECT count(*) FROM users.outbox") == (1,)
