"""The books at length: long random lives, storms of many hands on 1 to 1,000 wallets, 200 killed clients.

``LEDGER_SEED`` replays a storm's or a massacre's scripts; without it the seed is new and printed.
"""

import os
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from builders.ledger_database import forget, opened
from builders.ledger_kills import FAILPOINTS, Victim, settle
from builders.ledger_machine import machine_over
from builders.ledger_storm import History, begin, drive, judge, script
from fixtures.database import Databases
from kit.stores.postgres import Database
from payments.adapters.postgres.ledger import PostgresLedger
from payments.model.ledger import AccountCode

pytestmark = pytest.mark.stores
HANDS = 8
JUDGING_S = 60.0
"""The whole books are read at once, however busy the machine is; a post has its five seconds."""
LONG = settings(
    max_examples=400,
    stateful_step_count=60,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def chosen_seed() -> int:
    seed = int(os.environ.get("LEDGER_SEED", time.time_ns() % 10**9))
    print(f"\nLEDGER_SEED={seed}")  # noqa: T201 - what replays the run
    return seed


def test_the_books_keep_their_rules_through_long_lives(database: Databases) -> None:
    db = opened(database)
    with database.owner(db) as owner:

        def books() -> PostgresLedger:
            forget(owner)
            return PostgresLedger(db)

        run_state_machine_as_test(machine_over(books), settings=LONG)


@pytest.mark.parametrize("wallets", [2, 10, 1000])
def test_storms_of_many_hands_lose_and_double_nothing(database: Databases, wallets: int) -> None:
    seed, db = chosen_seed(), opened(database)
    ledger = PostgresLedger(database.another(db, timeout_s=JUDGING_S))
    accounts = begin(ledger, wallets)
    seen = History()
    with ThreadPoolExecutor(HANDS) as pool:
        hands = [
            pool.submit(drive, PostgresLedger(database.another(db)), script(seed + number, accounts, 600))
            for number in range(HANDS)
        ]
        for one in hands:
            seen.add(one.result())
    assert seen.unknown == [], "no two posts ever wait for each other in a circle"
    judge(ledger, seen)


def massacre(db: Database, folder: Path, seed: int, accounts: Sequence[AccountCode], clients: int) -> History:
    """Start four clients at a time; half die at a failpoint, half somewhere within a call."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable order, no secret
    seen = History()
    for first in range(0, clients, 4):
        points = [chance.choice(FAILPOINTS), "", chance.choice(FAILPOINTS), ""]
        group = [
            Victim(db, folder, seed + first + number, accounts, 60, stand_at=point)
            for number, point in enumerate(points)
        ]
        for point, one in zip(points, group, strict=True):
            read: list[str] = []
            if point:
                one.kill_at(point)
            else:
                read = one.kill_within(chance.randrange(3, 40) * 2 + 1, chance)
            seen.add(one.history(read))
    return seen


def test_two_hundred_killed_clients_leave_all_or_nothing(database: Databases, tmp_path: Path) -> None:
    seed, db = chosen_seed(), opened(database)
    ledger = PostgresLedger(database.another(db, timeout_s=JUDGING_S))
    seen = massacre(db, tmp_path, seed, begin(ledger, 5), 200)
    assert len(seen.unknown) >= 100
    with database.owner(db) as owner:
        settle(owner)
    judge(ledger, seen)
