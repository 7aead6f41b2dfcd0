"""Disabling, ends and beginnings of sessions under true concurrency, on PostgreSQL."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from typing import Any, TypeVar

import pytest

from builders.people import a_user, opened
from fixtures.database import Databases
from kit import clock, ids
from kit.events import Event
from kit.outbox import Outbox
from kit.stores.postgres import Database
from users import model
from users.adapters.postgres import PostgresCredentials, PostgresSessions, PostgresStanding
from users.adapters.postgres import sessions as sessions_store
from users.model import AllEnded, Device, Disabled, FamilyId, RefreshToken, User
from users.ports import NewPassword
from users.service import facts

pytestmark = pytest.mark.stores
T = TypeVar("T")
RACERS = 8
PATIENCE_S = 30
NOW = clock.now()
WHY = Disabled(NOW, "taken_over", "CASE-2042")
Act = Callable[[Database, User], object]


def told(after: User) -> Sequence[Event[Any]]:
    return facts.disabled(after, WHY, "0197f3a0-0000-7000-8000-0000000000ad")


def all_told(after: User) -> Sequence[Event[Any]]:
    return (facts.sessions_ended(after, "race", NOW),)


def password_told(after: User, unlocked: bool) -> Sequence[Event[Any]]:  # noqa: FBT001 - the port's
    return facts.password_changed(after, "reset", NOW, unlocked=unlocked)


def sessions_of(db: Database) -> PostgresSessions:
    return PostgresSessions(db, Outbox(db, None))


def disable(db: Database, user: User) -> object:
    return PostgresStanding(db, Outbox(db, None)).disable(user.id, WHY, 1, told)


def end_all(db: Database, user: User) -> object:
    return sessions_of(db).end_all(user.id, "race", 1, NOW, all_told)


def set_password(db: Database, user: User) -> object:
    new = NewPassword(user.id, f"hash-{ids.uuid7()}", 1, NOW, "race")
    return PostgresCredentials(db, Outbox(db, None)).change(new, "hash-1", password_told)


def sign_in(db: Database, user: User, device_id: str = "") -> bool:
    family = FamilyId(ids.uuid7())
    device = Device(family, user.id, device_id or family, "", NOW, NOW)
    token = RefreshToken(family.encode()[:32], family, user.id, NOW, NOW + model.REFRESH_LIFE)
    return sessions_of(db).open(device, token, user.password_hash, facts.ending) is not None


def live(db: Database, user: User) -> list[Device]:
    return sessions_of(db).devices(user.id, NOW)


@contextmanager
def racing(connections: Sequence[Database]) -> Iterator[Callable[[Callable[[int, Database], T]], list[T]]]:
    """Give a way to run one thing on every connection at the same moment."""
    with ThreadPoolExecutor(len(connections)) as pool:

        def race(run: Callable[[int, Database], T]) -> list[T]:
            barrier = Barrier(len(connections))

            def one(number: int) -> T:
                barrier.wait(PATIENCE_S)
                return run(number, connections[number])

            return list(pool.map(one, range(len(connections))))

        yield race


def wait_until_somebody_waits(db: Database) -> None:
    asked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    end = time.monotonic() + PATIENCE_S
    while db.one(asked) is None:
        assert time.monotonic() < end, "nothing waited for the sign-in"
        time.sleep(0.01)


def met_in_flight(database: Databases, db: Database, act: Act) -> int:
    """Let ``act`` meet a sign-in that is written and not committed; return how many sessions live after it."""
    asha = opened(db)
    signing_in, acting = database.another(db), database.another(db)
    assert sign_in(db, asha, "another device")
    with ThreadPoolExecutor(1) as pool:
        with signing_in.transaction():
            assert sign_in(signing_in, asha)
            done = pool.submit(act, acting, asha)
            wait_until_somebody_waits(db)
        assert done.result(PATIENCE_S)
    return len(live(db, asha))


@pytest.mark.parametrize("act", [disable, end_all, set_password])
def test_a_sign_in_in_flight_does_not_outlive_what_ends_all_sessions_and_a_store_that_does_not_wait_is_seen(
    database: Databases, monkeypatch: pytest.MonkeyPatch, act: Act
) -> None:
    db = database("users")
    assert met_in_flight(database, db, act) == 0
    monkeypatch.setattr(sessions_store, "hold_sessions", lambda *_: None)
    assert met_in_flight(database, db, act) == 1


class HastySessions(PostgresSessions):
    """The bug that is planted: a session begins whatever became of the account meanwhile."""

    def begin(self, device: Device, token: RefreshToken) -> None:
        self._db.run(
            "INSERT INTO users.devices (family, user_id, device_id, name, created_at, last_seen_at)"
            " VALUES (%s, %s, %s, '', %s, %s)",
            (device.family, device.user_id, device.device_id, NOW, NOW),
        )
        self._insert(token)


def hasty(db: Database, user: User) -> bool:
    family = FamilyId(ids.uuid7())
    token = RefreshToken(family.encode()[:32], family, user.id, NOW, NOW + model.REFRESH_LIFE)
    HastySessions(db, Outbox(db, None)).begin(Device(family, user.id, family, "", NOW, NOW), token)
    return True


def overtaken(db: Database, connections: Sequence[Database], begin: Callable[[Database, User], bool]) -> int:
    """Let sign-ins meet the disabling of their account; return how many sessions live afterwards."""
    asha = opened(db)

    def act(number: int, own: Database) -> None:
        for turn in range(4):
            if (number, turn) == (0, 2):
                assert isinstance(disable(own, asha), AllEnded)
            begin(own, asha)

    with racing(connections) as race:
        race(act)
    return len(live(db, asha))


def test_no_sign_in_survives_the_disabling_of_its_account_and_a_hasty_store_is_seen(
    database: Databases,
) -> None:
    db = database("users")
    connections = [database.another(db) for _ in range(RACERS)]
    assert sum(overtaken(db, connections, sign_in) for _ in range(6)) == 0
    assert overtaken(db, connections, hasty) > 0


def test_racing_sign_ins_are_ten_sessions_at_most_and_never_hinder_one_another(database: Databases) -> None:
    db = database("users")
    connections = [database.another(db) for _ in range(RACERS)]
    asha = opened(db)
    with racing(connections) as race:
        for _ in range(3):
            assert all(race(lambda _, own: sign_in(own, asha)))
            assert len(live(db, asha)) <= model.MOST_SESSIONS
        assert len(live(db, asha)) == model.MOST_SESSIONS
        race(lambda _, own: sign_in(own, asha, "one device"))
    assert Counter(one.device_id for one in live(db, asha))["one device"] == 1
    versions = [
        row[0]
        for row in db.all("SELECT version FROM users.outbox WHERE key = %s ORDER BY version", (asha.id,))
    ]
    assert versions == list(range(2, 2 + len(versions)))
    assert len(versions) == 4 * RACERS - len(live(db, asha))


def test_sign_ins_refreshes_and_ends_of_one_person_never_lock_each_other_out(database: Databases) -> None:
    """A deadlock would come through as an error of the database."""
    db = database("users")
    connections = [database.another(db) for _ in range(RACERS)]
    for _ in range(4):
        asha = opened(db)
        for number in range(model.MOST_SESSIONS):
            assert sign_in(db, asha, f"device-{number}")
        families = [one.family for one in live(db, asha)]

        def mixed(number: int, own: Database, asha: User = asha, families: list[FamilyId] = families) -> None:
            store = sessions_of(own)
            late = NOW + model.REPLAY_WINDOW + timedelta(seconds=1)
            if number == 0:
                end_all(own, asha)
            elif number == 1:
                set_password(own, asha)
            for family in families[number:] + families[:number]:
                if number % 2:
                    sign_in(own, asha, f"device-{number}")
                else:
                    store.rotate(family.encode()[:32], ids.uuid7().encode()[:32], "a thief", late, _ended)

        with racing(connections) as race:
            race(mixed)


def _ended(user: User, family: FamilyId) -> Event[Any]:
    return facts.ending("race")(user, family)


def test_two_administrators_cannot_disable_each_other(database: Databases) -> None:
    db = database("users")
    connections = [database.another(db) for _ in range(2)]
    for _ in range(8):
        both = [opened(db, a_user(roles=("admin",))) for _ in range(2)]
        with racing(connections) as race:
            done = race(lambda number, own, both=both: disable(own, both[number]))  # type: ignore[misc]
        assert Counter(one if isinstance(one, str) else "disabled" for one in done) == {
            "disabled": 1,
            "last": 1,
        }
        db.run("UPDATE users.users SET roles = '{user}'")
