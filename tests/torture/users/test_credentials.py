"""Full tier: a thousand refresh races, and a thousand of fifty clients for the last backup code.

``CREDENTIAL_SEED`` replays who races; without it the seed is new and printed.
"""

import os
import time

import pytest

from builders.people import NOW, opened
from builders.refresh_storm import Storm, last_code_race
from fixtures.database import Databases
from kit import events
from kit.events import Event
from kit.events.user_events import UserSecondFactorEnabled
from kit.outbox import Outbox
from kit.stores.postgres import Database
from users.adapters.postgres import PostgresSecondFactors
from users.model import User, UserId

pytestmark = pytest.mark.stores
ROUNDS = 1_000
CLIENTS = 50
CODE = b"c" * 32


@pytest.fixture
def db(database: Databases) -> Database:
    return database("users")


def test_a_thousand_refresh_races_leave_at_most_one_live_family(database: Databases, db: Database) -> None:
    seed = int(os.environ.get("CREDENTIAL_SEED", time.time_ns() % 10**9))
    print(f"\nCREDENTIAL_SEED={seed}")  # noqa: T201 - what replays the run
    storm = Storm(db, [database.another(db) for _ in range(16)], seed)
    assert storm.run(ROUNDS) == []
    verdicts = [one.verdict for each in storm.rounds for one in each.answers]
    assert {"rotate", "replay", "reuse", "ended"} <= set(verdicts)
    assert len(verdicts) == 16 * ROUNDS


def test_the_last_backup_code_lets_one_of_fifty_in_a_thousand_times(
    database: Databases, db: Database
) -> None:
    connections = [database.another(db) for _ in range(CLIENTS)]
    own = PostgresSecondFactors(db, Outbox(db, None))
    asha = opened(db).id
    assert own.enrol(asha, "s1.one", NOW)
    assert own.confirm(asha, 1, [CODE], NOW, _enabled)
    for turn in range(ROUNDS):
        assert last_code_race(connections, lambda one: _use(one, asha)) == 1, f"round {turn}"
        assert own.renew_backups(asha, [CODE], NOW)


def _use(db: Database, user_id: UserId) -> bool:
    return PostgresSecondFactors(db, Outbox(db, None)).use_backup(user_id, CODE, NOW)


def _enabled(user: User) -> Event[UserSecondFactorEnabled]:
    told = UserSecondFactorEnabled(user_id=user.id, enabled_at=NOW)
    return events.new(told, subject=user.id, version=user.version)
