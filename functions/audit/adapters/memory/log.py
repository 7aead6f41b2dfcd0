"""The chains in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from audit.model.entry import GENESIS, Appended, Chain, Entry, EntryId, Head, Incoming, Kind
from audit.ports.log import Place, SearchQuery

_FIELDS = ("type", "subject", "actor")


class MemoryLog:
    """See :class:`audit.ports.EventLog`."""

    def __init__(self) -> None:
        self.chains: dict[Chain, list[Entry]] = {}
        self._first: dict[str, Entry] = {}
        self._conflicts: set[tuple[Chain, int, str, bytes]] = set()

    def append(self, chain: Chain, records: Sequence[Incoming], at: datetime) -> Appended:
        """Append one after the other."""
        known = {one.offset: one for one in self.chains.get(chain, [])}
        last = max(known, default=-1)
        before = [one for one in records if one.offset <= last]
        wrong = [one for one in before if not _same(known.get(one.offset), one)]
        self._conflicts |= {(chain, one.offset, "offset", one.content) for one in wrong}
        added = [self._add(chain, one, at) for one in records if one.offset > last]
        differing = sum(differs for _, differs in added)
        return Appended(
            appended=len(added),
            referenced=sum(entry.kind == Kind.REPEATED for entry, _ in added),
            repeated=len(before) - len(wrong),
            conflicting=len(wrong) + differing,
        )

    def heads(self) -> list[Head]:
        """Return the ends."""
        return [Head(chain, len(found), found[-1].hash) for chain, found in sorted(self.chains.items())]

    def span(self, chain: Chain, after: int, at_most: int) -> list[Entry]:
        """Return a slice."""
        return [one for one in self.chains.get(chain, []) if one.index > after][:at_most]

    def find(self, entry_id: EntryId) -> Entry | None:
        """Look through all."""
        return next((one for one in self._all() if one.id == entry_id), None)

    def search(self, query: SearchQuery) -> list[Entry]:
        """Filter and sort all."""
        found = [one for one in self._all() if _matches(one, query)]
        found.sort(key=lambda one: (one.recorded_at, UUID(one.id)), reverse=True)
        if query.before is not None:
            at, last = query.before
            found = [one for one in found if (one.recorded_at, UUID(one.id)) < (at, UUID(last))]
        return found[: query.limit]

    def hashes(self, places: Sequence[Place]) -> Mapping[Place, bytes]:
        """Look them up."""
        wanted = set(places)
        return {(one.chain, one.index): one.hash for one in self._all() if (one.chain, one.index) in wanted}

    def contents(self, event_ids: Sequence[str]) -> Mapping[str, bytes]:
        """Look them up."""
        return {one: self._first[one].content for one in event_ids if one in self._first}

    def counts(self) -> Mapping[str, int]:
        """Count."""
        return dict(sorted(Counter(one.chain.topic for one in self._all()).items()))

    def conflicts(self) -> int:
        """Count."""
        return len(self._conflicts)

    def _all(self) -> list[Entry]:
        return [one for chain in self.chains.values() for one in chain]

    def _add(self, chain: Chain, record: Incoming, at: datetime) -> tuple[Entry, bool]:
        """Append one; return it, and whether its event id was known with another content."""
        entries = self.chains.setdefault(chain, [])
        first = self._first.get(record.facts.event_id or "")
        kind = Kind.TOMBSTONE if record.value is None else Kind.RECORD
        if first is not None and first.content == record.content and record.value is not None:
            kind = Kind.REPEATED
        recorded_at = max(at, entries[-1].recorded_at) if entries else at
        entry = Entry(
            id=EntryId(""),
            chain=chain,
            index=len(entries) + 1,
            offset=record.offset,
            kind=kind,
            timestamp_ms=record.timestamp_ms,
            recorded_at=recorded_at,
            key=record.key,
            value=record.value if kind == Kind.RECORD else None,
            content=record.content,
            hash=b"",
            facts=record.facts,
        )
        entry = _hashed(entry, entries[-1].hash if entries else GENESIS, is_first=first is None)
        entries.append(entry)
        if record.facts.event_id is not None:
            self._first.setdefault(record.facts.event_id, entry)
        differs = first is not None and first.content != record.content
        if differs:
            self._conflicts.add((chain, record.offset, "event id", record.content))
        return entry, differs


def _hashed(entry: Entry, previous: bytes, *, is_first: bool) -> Entry:
    found = entry.after(previous)
    own = entry.facts.event_id if is_first else None
    return replace(entry, hash=found, id=EntryId(own or str(UUID(bytes=found[:16]))))


def _same(known: Entry | None, record: Incoming) -> bool:
    return known is not None and (
        known.content,
        known.timestamp_ms,
        known.key,
        known.kind == Kind.TOMBSTONE,
    ) == (record.content, record.timestamp_ms, record.key, record.value is None)


def _matches(entry: Entry, query: SearchQuery) -> bool:
    asked = {name: getattr(query, name) for name in _FIELDS}
    return (
        query.topic in {None, entry.chain.topic}
        and all(value in {None, getattr(entry.facts, name)} for name, value in asked.items())
        and (query.since is None or entry.recorded_at >= query.since)
        and (query.until is None or entry.recorded_at < query.until)
    )
