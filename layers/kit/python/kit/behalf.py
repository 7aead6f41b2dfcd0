"""On whose behalf statements run. The edge says it; row-level security in PostgreSQL holds it (ADR 270).

A request about one's own things is confined to its caller's rows, so that a query that forgot its owner
answers as if the others' rows were not there. Work that nobody asked for in person (events, schedules, the
steps of a workflow) and what staff may do about others is for everybody's. The value travels with each
statement (``kit.stores.postgres``); what reaches the database without one finds no row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

EVERYBODY = "*"
_behalf: ContextVar[str] = ContextVar("behalf", default=EVERYBODY)


def current() -> str:
    """Return the id of the person whose rows may be touched now, or :data:`EVERYBODY`."""
    return _behalf.get()


@contextmanager
def of(person: str) -> Iterator[None]:
    """Confine the statements inside to the rows of ``person``. Raises ``ValueError`` when that is no id."""
    if not person:
        raise ValueError("nobody has no rows: say whose they are, or EVERYBODY")
    before = _behalf.set(person)
    try:
        yield
    finally:
        _behalf.reset(before)
