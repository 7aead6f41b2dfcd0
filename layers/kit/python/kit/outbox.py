"""Facts written beside the state they tell of, in one transaction; the relay publishes them afterwards.

A repository that does more than one statement opens ``db.transaction()`` and calls :meth:`Outbox.append`.
Where one round trip matters, :func:`rows_cte` gives the fragment that writes the rows inside the command.
"""

import logging
from collections.abc import Sequence
from typing import Any, LiteralString

import msgspec

from kit import clock, events, failpoint
from kit.aws import lambdas
from kit.events import Event
from kit.stores.postgres import Database

_log = logging.getLogger(__name__)

_ROWS: LiteralString = (
    "INSERT INTO outbox (event_day, event_id, topic, key, version, payload, created_at)"
    " SELECT new.event_day, new.event_id, new.topic, new.key, new.version, new.payload,"
    " %(outbox_at)s::timestamptz FROM unnest(%(outbox_day)s::date[], %(outbox_id)s::uuid[],"
    " %(outbox_topic)s::text[], %(outbox_key)s::text[], %(outbox_version)s::bigint[],"
    " %(outbox_payload)s::bytea[]) WITH ORDINALITY"
    " AS new (event_day, event_id, topic, key, version, payload, place)"
)
INSERT: LiteralString = _ROWS + " ORDER BY new.place"


def params(*made: Event[Any]) -> dict[str, Any]:
    """Return the named parameters (all begin with ``outbox_``) that write ``made``, in their order."""
    return {
        "outbox_day": [event.time.date() for event in made],
        "outbox_id": [event.id for event in made],
        "outbox_topic": [event.data.TOPIC for event in made],
        "outbox_key": [event.subject for event in made],
        "outbox_version": [event.version for event in made],
        "outbox_payload": [events.encode(event) for event in made],
        "outbox_at": clock.now(),
    }


def rows_cte(provided: LiteralString) -> LiteralString:
    """Return a CTE ``outbox_rows AS (…)`` that writes the events of :func:`params` in the same command.

    ``provided`` is the name of a CTE with a row for the state that was written: when it has none (the
    version check failed, the row exists already), nothing is written here either::

        WITH changed AS (UPDATE signals SET … WHERE id = %(id)s AND version = %(was)s RETURNING id),
        {rows_cte("changed")}
        SELECT count(*) FROM changed

    Call :meth:`Outbox.wake` with the events after it, inside the transaction if there is one.
    """
    condition: LiteralString = " WHERE EXISTS (SELECT 1 FROM " + provided + ")"  # noqa: S608 - a literal, as its type says
    return "outbox_rows AS (" + _ROWS + condition + " ORDER BY new.place)"


class Outbox:
    """The outbox of the schema that ``db`` is connected to.

    ``relay`` is the name of the function that publishes, invoked after the commit without waiting; None
    where the domain publishes itself. When it cannot be invoked, that is only logged: the sweeper sends.
    """

    def __init__(self, db: Database, relay: str | None) -> None:
        self._db = db
        self._relay = relay

    def append(self, *made: Event[Any]) -> None:
        """Write ``made`` and wake the relay after the commit. Call inside ``db.transaction()``."""
        if made:
            self._db.run(INSERT, params(*made))
            failpoint.hit("outbox.appended")
            self.wake(*made)

    def wake(self, *made: Event[Any]) -> None:
        """Ask the relay, after the commit, to publish the keys of ``made``."""
        if self._relay is not None and made:
            relay, keys = self._relay, list(dict.fromkeys(event.subject for event in made))
            self._db.on_commit(lambda: _invoke(relay, keys))


def _invoke(relay: str, keys: Sequence[str]) -> None:
    failpoint.hit("outbox.committed")
    try:
        lambdas.invoke_async(relay, msgspec.json.encode({"keys": keys}))
    except Exception as error:  # noqa: BLE001 - the commit stands whatever happens; the sweeper publishes
        _log.warning("the relay %s could not be invoked: %s", relay, error)
