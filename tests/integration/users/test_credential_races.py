"""Sessions and credentials under true concurrency: the quick tier of tests/torture/users."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest

from builders.people import opened
from builders.refresh_storm import Storm, last_code_race
from fixtures.database import Databases
from kit import clock, events, ids
from kit.outbox import Outbox
from kit.stores.postgres import Database
from users import model
from users.adapters.postgres import (
    PostgresAddressChanges,
    PostgresCredentials,
    PostgresResets,
    PostgresSessions,
)
from users.model import (
    Address,
    AddressChange,
    AddressChangeId,
    Began,
    Device,
    FamilyId,
    PasswordReset,
    RefreshToken,
    ResetId,
    User,
    UserId,
)
from users.ports import NewPassword, TellDisplaced, TellEnd
from users.service import facts

pytestmark = pytest.mark.stores
RACERS = 8
TRIES = 5
"""Sign-ins of a racer: some before the password changes, some while it does."""
PATIENCE_S = 60
NOW = clock.now()


class LenientSessions(PostgresSessions):
    """The bug that is planted: a token that is used again is refused, and its family goes on."""

    def end(self, user_id: UserId, family: FamilyId, reason: str, now: datetime, tell: TellEnd) -> bool:
        return reason != "reuse" and super().end(user_id, family, reason, now, tell)


def racers(make: Databases, db: Database) -> list[Database]:
    return [make.another(db) for _ in range(RACERS)]


def told(user: User, unlocked: bool) -> Sequence[events.Event[Any]]:  # noqa: FBT001 - the port's
    return facts.password_changed(user, "reset", NOW, unlocked=unlocked)


def test_racing_refreshes_leave_at_most_one_live_family_and_a_lenient_store_is_seen(
    database: Databases,
) -> None:
    db = database("users")
    connections = racers(database, db)
    storm = Storm(db, connections, seed=20261130)
    assert storm.run(25) == []
    assert {kind for one in storm.rounds for kind in one.kinds} >= {"refresh", "thief", "password"}
    lenient = Storm(db, connections, seed=7, make=lambda own: LenientSessions(own, Outbox(own, None)))
    assert any("outlived a theft" in one for one in lenient.run(12))


def test_one_reset_code_sets_one_password_and_one_address_gets_one_account(database: Databases) -> None:
    db = database("users")
    connections = racers(database, db)
    asha = opened(db)
    reset = PasswordReset(ResetId(ids.uuid7()), b"a" * 32, asha.id, b"c" * 32, NOW, NOW + model.RESET_LIFE)
    PostgresResets(db).open(reset, per_hour=9, per_day=9, apart=timedelta(0))
    numbers = iter(range(RACERS))

    def set_anew(own: Database) -> bool:
        new = NewPassword(asha.id, f"hash-{next(numbers)}", 1, NOW, "race")
        return PostgresCredentials(own, Outbox(own, None)).reset(new, reset.id, told) is not None

    assert last_code_race(connections, set_anew) == 1

    wanted = Address("email", "wanted@example.com")
    changes = [a_change(opened(db), wanted) for _ in range(RACERS)]
    for change in changes:
        PostgresAddressChanges(db, Outbox(db, None)).open(change, per_day=5)
    queue = iter(changes)

    def move(own: Database) -> bool:
        changing = PostgresAddressChanges(own, Outbox(own, None))
        return (
            changing.make(next(queue), NOW, lambda user: (facts.address_changed(user, "email", "both", NOW),))
            == "made"
        )

    assert last_code_race(connections, move) == 1
    assert db.one("SELECT count(*) FROM users.address_changes WHERE ended_as = 'void'") == (RACERS - 1,)


class HastySessions(PostgresSessions):
    """The bug that is planted: a session begins whatever became of the password meanwhile."""

    def open(
        self, device: Device, token: RefreshToken, password_hash: str, tell: TellDisplaced
    ) -> Began | None:
        row = self._db.one("SELECT password_hash FROM users.users WHERE id = %s", (device.user_id,))
        assert row is not None
        return super().open(device, token, row[0] or password_hash, tell)


def overtaken(db: Database, connections: Sequence[Database], make: type[PostgresSessions]) -> int:
    """Let sign-ins with the old password meet its change; return how many sessions live afterwards."""
    asha = opened(db)
    numbers = iter(range(len(connections)))
    changed = Event()

    def sign_in(own: Database, number: int) -> None:
        device = Device(FamilyId(ids.uuid7()), asha.id, f"device-{number}", "", NOW, NOW)
        token = RefreshToken(ids.uuid7().encode()[:32], device.family, asha.id, NOW, NOW + model.REFRESH_LIFE)
        make(own, Outbox(own, None)).open(device, token, asha.password_hash, facts.ending)

    def act(own: Database) -> bool:
        number = next(numbers)
        if number == 0:
            new = NewPassword(asha.id, "hash-2", 1, NOW, "race")
            done = PostgresCredentials(own, Outbox(own, None)).change(new, asha.password_hash, told)
            changed.set()
            return done is not None
        for _ in range(TRIES):
            sign_in(own, number)
        assert changed.wait(PATIENCE_S)
        sign_in(own, number)  # however the race went: one that was too late for certain
        return False

    assert last_code_race(connections, act) == 1
    return len(PostgresSessions(db, Outbox(db, None)).devices(asha.id, NOW))


def test_no_sign_in_survives_the_password_it_was_made_with_and_a_hasty_store_is_seen(
    database: Databases,
) -> None:
    db = database("users")
    connections = racers(database, db)
    assert sum(overtaken(db, connections, PostgresSessions) for _ in range(6)) == 0
    assert overtaken(db, connections, HastySessions) >= RACERS - 1


def a_change(user: User, address: Address) -> AddressChange:
    made = AddressChangeId(ids.uuid7())
    word = made.replace("-", "").encode()
    until = NOW + model.ADDRESS_CODE_LIFE
    return AddressChange(made, user.id, address, False, b"n" * 32, b"o" * 32, word, NOW, until)
