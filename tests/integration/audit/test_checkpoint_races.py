"""Checkpoints under crashes and rivals, on PostgreSQL: one tree, whatever is killed and whoever runs at once."""

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from audit.adapters.postgres import PostgresLog
from audit.errors import HistoryBroken
from builders.audit import MONEY, USERS, later, records
from builders.audit_store import kept, postgres_store, verify_whole
from fixtures.database import settings_of

if TYPE_CHECKING:
    from fixtures.database import Databases

pytestmark = pytest.mark.stores


def test_two_checkpointers_at_once_make_one_tree(database: "Databases") -> None:
    db = database("audit")
    store = postgres_store(db)
    rival = postgres_store(database.another(db), ensure=False)
    rival.anchors, rival.secret = store.anchors, store.secret
    for minute in range(10):
        store.at = rival.at = later(60 * minute)
        store.log.append(USERS, records(minute * 3, 3), store.at)
        runs = [threading.Thread(target=one.checkpointing().run) for one in (store, rival)]
        for one in runs:
            one.start()
        for one in runs:
            one.join(30)
    newest = store.proving().checkpoint(None)
    assert newest.number == 10
    assert verify_whole(store, kept(newest.signed)).entries == 30
    assert store.watching().run(99).differences == ()


def test_two_appenders_of_one_partition_make_one_chain(database: "Databases") -> None:
    """As when a partition moves while a batch is under way: both deliver the same records."""
    db = database("audit")
    logs = [PostgresLog(db), PostgresLog(database.another(db))]
    batch = records(0, 200)

    def deliver(log: PostgresLog) -> None:
        for first in range(0, 200, 10):
            log.append(USERS, batch[first : first + 10], later(first))

    runs = [threading.Thread(target=deliver, args=(log,)) for log in logs]
    for one in runs:
        one.start()
    for one in runs:
        one.join(60)
    found = logs[0].span(USERS, 0, 999)
    assert [one.offset for one in found] == list(range(200))
    assert logs[0].conflicts() == 0


def test_a_store_that_was_rewritten_is_not_signed_again(database: "Databases") -> None:
    db = database("audit")
    store = postgres_store(db)
    store.log.append(USERS, records(0, 5), store.at)
    store.checkpointing().run()
    with database.owner(db) as owner:
        owner.execute("ALTER TABLE audit.entries_202611 DISABLE TRIGGER ALL")
        owner.execute("UPDATE audit.entries_202611 SET hash = sha256(hash) WHERE index = 5")
    store.log.append(MONEY, records(0, 1), store.at)
    with pytest.raises(HistoryBroken):
        store.checkpointing().run()
    assert store.watching().run(99).differences != ()
    assert store.proving().checkpoint(None).number == 1


def test_a_tree_that_was_rewritten_is_not_signed_again(database: "Databases") -> None:
    db = database("audit")
    store = postgres_store(db)
    store.log.append(USERS, records(0, 5), store.at)
    store.checkpointing().run()
    with database.owner(db) as owner:
        owner.execute("ALTER TABLE audit.nodes DISABLE TRIGGER ALL")
        owner.execute("UPDATE audit.nodes SET hash = sha256(hash)")
    store.log.append(USERS, records(5, 1), store.at)
    with pytest.raises(HistoryBroken, match="root"):
        store.checkpointing().run()


_KILLED = """
import os, sys
sys.path[:0] = ["tests", "functions", "layers/kit/python", "clients/python", "infra"]
from audit.adapters.postgres import PostgresLog, PostgresTree
from builders.audit import USERS, later, records
from builders.audit_store import postgres_store
from fixtures.database import connect
from kit import failpoint
from kit.stores.postgres import Database, DatabaseSettings
host, port, name, point = sys.argv[1:5]
db = Database(DatabaseSettings(host, int(port), name, "audit_app"), connect)
failpoint.hit = lambda at: os.kill(os.getpid(), 9) if at == point else None
store = postgres_store(db)
store.log.append(USERS, records(100, 3), later(900))
store.at = later(900)
store.checkpointing().run()
"""


@pytest.mark.parametrize(
    "point",
    ["audit.appended", "audit.checkpoint.written", "audit.checkpoint.grown", "audit.checkpoint.anchored"],
)
def test_a_process_killed_at_any_point_leaves_what_the_next_run_completes(
    database: "Databases", point: str
) -> None:
    db = database("audit")
    store = postgres_store(db)
    store.log.append(USERS, records(0, 4), store.at)
    store.checkpointing().run()
    own = settings_of(db)
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, own.database_host, str(own.database_port), own.database_name, point],
        check=False,
        env={**os.environ},
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    store.at = later(1_000)
    store.log.append(USERS, records(100, 3), store.at)  # Kafka delivers the batch again
    store.checkpointing().run()
    newest = store.proving().checkpoint(None)
    assert newest.number == 2
    assert [(one.chain, one.length) for one in newest.ends] == [(USERS, 7)]
    assert verify_whole(store, kept(newest.signed)).entries == 7
    assert db.one("SELECT count(*) FROM anchors") == (2,)
