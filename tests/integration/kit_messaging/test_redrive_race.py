"""A record that arrives while the last dead letter of its key is being drained is applied behind it."""

import base64
import threading
from typing import Any

from fixtures.database import Databases
from kit import clock, events
from kit.events import Event
from kit.events.trading_signals import SignalCancelled
from kit.kafka import Consumer
from kit.kafka.inbox import Inbox
from kit.kafka.records import Record
from kit.kafka.redrive import redrive
from kit.stores.postgres import Database

_PATIENCE_S = 10


class Left:
    """A context with time enough."""

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def _fact(version: int) -> Event[SignalCancelled]:
    data = SignalCancelled(
        signal_id="a", symbol="SPX", reason="r", cancelled_by="p", cancelled_at=clock.now()
    )
    return events.new(data, subject="a", version=version)


def _batch(event: Event[SignalCancelled], offset: int) -> dict[str, Any]:
    row = {"topic": "t", "partition": 0, "offset": offset, "timestamp": 1}
    coded = {"key": base64.b64encode(b"a").decode(), "value": base64.b64encode(events.encode(event)).decode()}
    return {"eventSource": "aws:kafka", "records": {"t-0": [row | coded]}}


def _until(owner: Any, query: str) -> None:
    end = clock.monotonic() + _PATIENCE_S
    while owner.execute(query).fetchone() == (0,):
        assert clock.monotonic() < end, query
        threading.Event().wait(0.02)


def test_a_record_that_meets_a_redrive_waits_for_it_and_is_applied(database: Databases) -> None:
    db = database("plain")
    entered, go_on = threading.Event(), threading.Event()

    def consumer(own: Database, *, slow: bool = False) -> Consumer:
        def note(event: Event[SignalCancelled]) -> None:
            own.run("INSERT INTO journal (version) VALUES (%s)", (event.version,))
            if slow:
                entered.set()
                assert go_on.wait(_PATIENCE_S)

        return Consumer("c", {SignalCancelled: note}, lambda: own)

    with database.owner(db) as owner:
        owner.execute("CREATE TABLE plain.journal (place serial, version int)")
        first = Record("t", 0, 0, 1, b"a", events.encode(_fact(1)))
        with db.transaction():
            Inbox("c", db).bury(first, "was broken")
        draining, live = database.another(db), database.another(db)
        answers: list[Any] = []
        redriver = threading.Thread(
            target=lambda: answers.append(redrive(consumer(draining, slow=True), draining, "t", "a"))
        )
        receiver = threading.Thread(
            target=lambda: answers.append(consumer(live).handler(_batch(_fact(2), 1), Left()))
        )
        redriver.start()
        assert entered.wait(_PATIENCE_S)
        receiver.start()
        _until(owner, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        go_on.set()
        redriver.join()
        receiver.join()
    assert db.all("SELECT version FROM journal ORDER BY place") == [(1,), (2,)]
    assert db.one("SELECT count(*) FROM dead_letters WHERE settled_at IS NULL") == (0,)
    assert {"batchItemFailures": []} in answers
