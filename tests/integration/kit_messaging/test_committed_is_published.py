"""The promise "committed means published", with the process killed around commit, publish and mark.

The history is what PostgreSQL committed; the final state is what the topic holds. The full tier repeats the
same with ``CRASH_ROUNDS`` in the environment.
"""

import json
import os
import random
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from confluent_kafka import Consumer as Client
from confluent_kafka import TopicPartition

from bootstrap import bus
from fixtures.database import Databases, settings_of
from kit import clock, events
from kit.events.trading_signals import SignalCancelled
from kit.stores.postgres import Database

FAILPOINTS = (
    "outbox.appended",
    "outbox.committed",
    "relay.locked",
    "relay.sent",
    "relay.marked",
    "relay.committed",
)
ROUNDS = int(os.environ.get("CRASH_ROUNDS", "2"))
ROOT = Path(__file__).resolve().parents[3]
_KILLED = 70


class Run:
    """One domain with its database, topic and failpoint file."""

    def __init__(self, databases: Databases, brokers: str, folder: Path, *, careless: bool = False) -> None:
        self.db: Database = databases("plain")
        with databases.owner(self.db) as owner:
            owner.execute("CREATE TABLE plain.journal (key text, version int, event_id uuid)")
        self.topic = f"crash-{uuid.uuid4().hex}"
        self.brokers = brokers
        plain = bus.Topic(
            about="", format="internal", events=(), key="", partitions=2, local_partitions=2,
            retention_days=1, producers=(), consumers=(), dead_letter="",
        )  # fmt: skip
        bus.ensure(brokers, {self.topic: plain}, "small", {})
        self._armed = folder / "armed.json"
        settings = settings_of(self.db)
        self._told = {
            "host": settings.database_host,
            "port": settings.database_port,
            "name": settings.database_name,
            "brokers": brokers,
            "topic": self.topic,
            "keys": ["a", "b", "c"],
            "versions": 0,
            "careless": careless,
        }
        self._generation = 0

    def go(self, versions: int, failpoint: str | None = None, after: int = 0) -> int:
        """Run the process up to ``versions``; return its exit status."""
        self._generation += 1
        self._armed.write_text("{}")
        if failpoint:
            wish = {"action": "exit", "count": 1 + after, "delay_s": 0, "generation": self._generation}
            self._armed.write_text(json.dumps({failpoint: wish}))
        done = subprocess.run(
            [
                sys.executable,
                Path(__file__).with_name("crashing.py"),
                json.dumps(self._told | {"versions": versions}),
            ],
            env={**os.environ, "FAILPOINT_FILE": str(self._armed), "PYTHONPATH": str(ROOT / "tests")},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode in {0, _KILLED}, done.stderr[-2000:]
        return done.returncode

    def committed(self) -> set[tuple[str, int, str]]:
        """Return (key, version, event id) of all that was committed."""
        return {(key, version, str(one)) for key, version, one in self.db.all("SELECT * FROM journal")}

    def published(self) -> list[tuple[str, int, str]]:
        """Return what the topic holds, in order within each key."""
        client = Client(
            {"bootstrap.servers": self.brokers, "group.id": "judge", "enable.partition.eof": True}
        )
        parts = [TopicPartition(self.topic, number, 0) for number in range(2)]
        client.assign(parts)
        found: list[tuple[str, int, str]] = []
        ends, until = 0, clock.monotonic() + 20
        while ends < len(parts) and clock.monotonic() < until:
            message = client.poll(0.5)
            if message is None:
                continue
            if message.error() is not None:
                ends += 1
                continue
            event = events.decode(message.value() or b"", {SignalCancelled.TYPE: SignalCancelled})
            assert event is not None
            found.append((event.subject, event.version, event.id))
        client.close()
        assert ends == len(parts)
        return found


def verdicts(committed: set[tuple[str, int, str]], published: list[tuple[str, int, str]]) -> list[str]:
    """Return what is wrong: lost, invented, or out of order. Repetition is allowed, the inbox drops it."""
    wrong = [f"lost {one}" for one in sorted(committed - set(published))]
    wrong += [f"invented {one}" for one in sorted(set(published) - committed)]
    for key in {one[0] for one in committed}:
        first = list(dict.fromkeys(version for seen, version, _ in published if seen == key))
        if first != sorted(first):
            wrong.append(f"{key} out of order: {first}")
    return wrong


def test_a_process_killed_anywhere_loses_and_invents_nothing(
    database: Databases, kafka_brokers: str, tmp_path: Path
) -> None:
    seed = int(os.environ.get("CRASH_SEED", str(random.SystemRandom().randrange(10**6))))
    chance = random.Random(seed)  # noqa: S311 - a replayable order, not a secret
    run = Run(database, kafka_brokers, tmp_path)
    order = [name for name in FAILPOINTS for _ in range(ROUNDS)]
    chance.shuffle(order)
    for versions, name in enumerate(order, 1):
        assert run.go(versions, name) == _KILLED, f"{name} was never reached (CRASH_SEED={seed})"
    assert run.go(len(order)) == 0
    assert verdicts(run.committed(), run.published()) == [], f"replay with CRASH_SEED={seed}"
    assert len(run.committed()) == 3 * len(order)


def test_the_judge_sees_a_relay_that_marks_before_it_sends(
    database: Databases, kafka_brokers: str, tmp_path: Path
) -> None:
    run = Run(database, kafka_brokers, tmp_path, careless=True)
    assert run.go(1, "relay.locked") == _KILLED
    assert run.go(1) == 0
    assert [line.partition(" ")[0] for line in verdicts(run.committed(), run.published())] == ["lost"]


@pytest.mark.parametrize(
    ("published", "said"),
    [
        ([("a", 2, "y"), ("a", 1, "x")], "out of order"),
        ([("a", 1, "x"), ("a", 2, "y"), ("a", 3, "z")], "invented"),
        ([("a", 1, "x")], "lost"),
    ],
)
def test_the_judge_sees_every_kind_of_fault(published: list[tuple[str, int, str]], said: str) -> None:
    assert any(said in line for line in verdicts({("a", 1, "x"), ("a", 2, "y")}, published))
    repeated = [("a", 1, "x"), ("a", 1, "x"), ("a", 2, "y"), ("a", 1, "x")]
    assert verdicts({("a", 1, "x"), ("a", 2, "y")}, repeated) == []
