"""A domain that writes and publishes, run as a process of its own so that it can be killed anywhere.

Arguments: a JSON object {host, port, name, brokers, topic, keys, versions, careless}. It writes version after
version of each key, state and event in one transaction, and publishes the key; started again it goes on
where the state in PostgreSQL says. ``careless`` plants the bug: mark first, send afterwards.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

from fixtures.database import connect
from kit import clock, events, failpoint
from kit.events.trading_signals import SignalCancelled
from kit.kafka.producer import Out, Producer
from kit.outbox import Outbox
from kit.relay import Relay
from kit.stores.connection import DatabaseSettings
from kit.stores.postgres import Database


class Renamed:
    """Sends to the topic of this run instead of the event's own."""

    def __init__(self, producer: Producer, topic: str) -> None:
        self._producer = producer
        self._topic = topic

    def send(self, records: Sequence[Out], /) -> None:
        """Pass the records on under the other name."""
        self._producer.send([Out(self._topic, record.key, record.value) for record in records])


class Careless(Relay):
    """The planted bug: rows are marked in a transaction of their own before they are sent."""

    def publish(self, keys: Sequence[str] | None = None) -> int:
        """Mark, and only then send."""
        rows = self._db.all(
            "UPDATE outbox SET published_at = %s WHERE published_at IS NULL"
            " AND (%s::text[] IS NULL OR key = ANY(%s)) RETURNING 1, 2, topic, key, payload",
            (clock.now(), keys, keys),
        )
        failpoint.hit("relay.locked")
        self._send(rows)
        return len(rows)


def main(told: dict[str, Any]) -> None:
    """Write and publish until every key is at its last version, then sweep."""
    settings = DatabaseSettings(told["host"], told["port"], told["name"], "plain_app")
    db = Database(settings, connect)
    relay = (Careless if told["careless"] else Relay)(db, Renamed(Producer(told["brokers"]), told["topic"]))
    done: dict[str, int] = dict(db.all("SELECT key, max(version) FROM journal GROUP BY key"))
    for version in range(1, told["versions"] + 1):
        for key in told["keys"]:
            if version > done.get(key, 0):
                _write(db, key, version)
                relay.publish([key])
    relay.publish()


def _write(db: Database, key: str, version: int) -> None:
    data = SignalCancelled(
        signal_id=key, symbol="SPX", reason="r", cancelled_by="p", cancelled_at=clock.now()
    )
    event = events.new(data, subject=key, version=version)
    with db.transaction():
        db.run("INSERT INTO journal VALUES (%s, %s, %s)", (key, version, event.id))
        Outbox(db, None).append(event)
        db.on_commit(lambda: failpoint.hit("outbox.committed"))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
