"""A domain's part, said in SQL: sections to collect, statements that erase, what is kept and why.

Every statement takes ``%(person)s`` (a user's id, as text) and, where it writes, ``%(at)s``; nothing else
reaches it, and it runs on their behalf, so that what belongs to another person is not there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

from kit import behalf
from kit.errors import Poison
from kit.events.privacy_events import KeptData
from kit.privacy import Document, Erased
from kit.stores.postgres import Database

MOST_ROWS: Final = 100_000
"""Of one section. More is no export of a person but a defect, and somebody has to look."""
Opening = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Opens the sealed fields of one record of ``person``."""


@dataclass(frozen=True, slots=True)
class Section:
    """``query`` selects what ``tables`` hold about the person; a row is a record of the section ``name``."""

    name: str
    tables: tuple[str, ...]
    query: LiteralString
    opened: Opening | None = None


@dataclass(frozen=True, slots=True)
class Erasure:
    """``command`` deletes or blanks rows; their number is told as ``name``."""

    name: str
    command: LiteralString


@dataclass(frozen=True, slots=True)
class Keeping:
    """``query`` answers (how many, until when or NULL): with none of it, nothing is told to be kept."""

    what: str
    why: str
    query: LiteralString


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a domain says about people. ``apart``: tables that name people, in no section, and why."""

    sections: tuple[Section, ...]
    erasures: tuple[Erasure, ...] = ()
    keepings: tuple[Keeping, ...] = ()
    apart: tuple[tuple[str, str], ...] = ()


class TableContributor:
    """See :class:`kit.privacy.Contributor`: over the tables of one schema."""

    def __init__(self, db: Database, holdings: Holdings) -> None:
        self._db = db
        self._holdings = holdings

    def collect(self, person: str) -> Document:
        """Read every section."""
        with behalf.of(person):
            return {one.name: self._records(one, person) for one in self._holdings.sections}

    def erase(self, person: str, at: datetime) -> Erased:
        """Run every statement, then ask what is kept."""
        asked = {"person": person, "at": at}
        with behalf.of(person):
            removed = {one.name: self._db.run(one.command, asked) for one in self._holdings.erasures}
            kept = [self._kept(one, person) for one in self._holdings.keepings]
        return Erased(removed, tuple(one for one in kept if one is not None))

    def _records(self, section: Section, person: str) -> list[dict[str, Any]]:
        query = f"SELECT to_jsonb(found) FROM ({section.query}) found LIMIT {MOST_ROWS + 1}"  # noqa: S608 - a literal, as its type says
        rows = [row[0] for row in self._db.all(query, {"person": person})]
        if len(rows) > MOST_ROWS:
            raise Poison(f"the section {section.name} has more than {MOST_ROWS} records of one person")
        return rows if section.opened is None else [section.opened(person, row) for row in rows]

    def _kept(self, keeping: Keeping, person: str) -> KeptData | None:
        row = self._db.one(keeping.query, {"person": person})
        if row is None or not row[0]:
            return None
        return KeptData(what=keeping.what, why=keeping.why, until=row[1])
