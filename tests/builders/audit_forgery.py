"""Somebody with the database owner's rights, and the signing key if he likes, rewrites the event store.

Each forgery takes the rows of a chain, changes them, and puts them back, with as many of the hashes over them made
anew as its name says. What he does not have is the head that somebody outside kept.
"""

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from audit.adapters.postgres import PostgresLog
from audit.model import merkle
from audit.model.checkpoint import SignedHead, TreeHead, leaf_data, marks_in
from audit.model.entry import GENESIS, Chain, Entry, EntryId, Head, Kind
from audit.model.merkle import Node
from builders.audit import event_bytes
from builders.audit_store import ORIGIN, Store
from kit import ids
from kit.stores.postgres import Database

_INSERT = (
    'INSERT INTO entries (month, topic, partition, index, "offset", kind, timestamp_ms, recorded_at, key, value,'
    " content, hash, id, event_id, type, subject, actor, happened_at)"
    " VALUES "
)
TABLES = ("entries", "places", "checkpoints", "marks", "nodes", "anchors")
Change = Callable[[list[Entry], random.Random], list[Entry]]


class Undone(Exception):  # noqa: N818 - how a forgery ends
    """Ends the transaction of a forgery; ``found`` is what was noticed, None where nothing was."""

    def __init__(self, found: str | None) -> None:
        super().__init__(found)
        self.found = found


def open_the_tables(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    """Take the guards away, as the owner of a database can."""
    for table in (*TABLES, "entries_202611"):
        owner.execute(f"ALTER TABLE audit.{table} DISABLE TRIGGER ALL".encode())


def edit(entries: list[Entry], chance: random.Random) -> list[Entry]:
    """Change one column of one entry."""
    place = chance.randrange(len(entries))
    one = entries[place]
    name = chance.choice(("value", "key", "offset", "timestamp_ms", "recorded_at", "content", "hash", "kind"))
    entries[place] = replace(one, **{name: _other(one, name, chance)})
    return entries


def delete(entries: list[Entry], chance: random.Random) -> list[Entry]:
    """Remove one entry and leave the gap."""
    del entries[chance.randrange(len(entries))]
    return entries


def close_up(entries: list[Entry], chance: random.Random) -> list[Entry]:
    """Remove one entry and number the later ones anew."""
    return _numbered(delete(entries, chance))


def swap(entries: list[Entry], chance: random.Random) -> list[Entry]:
    """Exchange what two entries hold."""
    one, other = sorted(chance.sample(range(len(entries)), 2))
    a, b = entries[one], entries[other]
    entries[one] = replace(b, index=a.index, offset=a.offset, id=a.id)
    entries[other] = replace(a, index=b.index, offset=b.offset, id=b.id)
    return entries


def insert(entries: list[Entry], chance: random.Random) -> list[Entry]:
    """Add an entry that never came, and number the later ones anew."""
    place = chance.randrange(len(entries) + 1)
    near, raw = entries[min(place, len(entries) - 1)], event_bytes()
    forged = replace(near, id=EntryId(ids.uuid7()), kind=Kind.RECORD, value=raw)
    entries.insert(place, _own_content(forged))
    shifted = [
        replace(one, offset=one.offset + 1_000) if at > place else one for at, one in enumerate(entries)
    ]
    return _numbered(shifted)


def truncate(entries: list[Entry], chance: random.Random) -> list[Entry]:
    """Cut the tail off."""
    return entries[: chance.randrange(len(entries))]


CHANGES: tuple[Change, ...] = (edit, delete, close_up, swap, insert, truncate)
DEPTHS = ("rows", "chain", "tree", "signed")
"""Up to where hashes are made anew: nothing, the chain, the tree with a stale signature, all of it."""


@dataclass
class Forger:
    """Forges in ``db``, a connection of the owner, what ``store`` reads over the same connection."""

    db: Database
    store: Store

    def forge(self, change: Change, depth: str, chance: random.Random) -> None:
        """Change a chain and make the hashes anew up to ``depth``."""
        chain = chance.choice([head.chain for head in self.store.log.heads()])
        before = self.store.log.span(chain, 0, 10_000)
        after = before
        while after == before:  # what hashing anew would put right is no forgery
            after = change(list(before), chance)
            if depth != "rows":
                after = _hashed(after)
        self._write(chain, after)
        if depth in {"tree", "signed"}:
            self._rebuild(signed=depth == "signed")

    def spoil(self, chance: random.Random) -> None:
        """Change one byte of the tree: a leaf, a root, a signature or a node."""
        table, column = chance.choice((("checkpoints", "leaf"), ("checkpoints", "root"), ("nodes", "hash")))
        rows = self.db.all(f"SELECT ctid::text, {column} FROM {table}")  # noqa: S608 - names of this file
        which, raw = chance.choice(rows)
        changed = bytearray(bytes(raw))
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        self.db.run(f"UPDATE {table} SET {column} = %s WHERE ctid = %s::tid", (bytes(changed), which))  # noqa: S608 - as above

    def _write(self, chain: Chain, entries: Sequence[Entry]) -> None:
        self.db.run("DELETE FROM entries WHERE topic = %s AND partition = %s", (chain.topic, chain.partition))
        rows = [_row(one) for one in entries]
        if rows:
            marks = ", ".join(["(" + ", ".join(["%s"] * len(rows[0])) + ")"] * len(rows))
            self.db.run(_INSERT + marks, [value for row in rows for value in row])
        last = entries[-1] if entries else None
        self.db.run(
            "UPDATE chains SET length = %s, hash = %s WHERE topic = %s AND partition = %s",
            (last.index if last else 0, last.hash if last else GENESIS, chain.topic, chain.partition),
        )

    def _rebuild(self, *, signed: bool) -> None:
        """Make every checkpoint anew over the forged chains, as if it had always been so."""
        nodes: dict[Node, bytes] = {}

        def read(wanted: Sequence[Node]) -> dict[Node, bytes]:
            return {one: nodes[one] for one in wanted}

        rows = self.db.all("SELECT number, at, leaf, key_id, signature FROM checkpoints ORDER BY number")
        self.db.run("DELETE FROM nodes")
        for number, at, leaf, key_id, signature in rows:
            marks = [self._mark(one) for one in marks_in(bytes(leaf))]
            data = leaf_data([one for one in marks if one is not None])
            nodes |= merkle.grown(number - 1, merkle.leaf_hash(data), read)
            root = merkle.root(number, read)
            head = TreeHead(ORIGIN, number, root, at)
            found = SignedHead(head, key_id, bytes(signature))
            if signed:
                found = SignedHead(head, *self.store.signer.sign(head))
            self.db.run(
                "UPDATE checkpoints SET leaf = %s, root = %s, signature = %s WHERE number = %s",
                (data, root, found.signature, number),
            )
        self.db.run(
            "INSERT INTO nodes SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[])",
            ([n[0] for n in nodes], [n[1] for n in nodes], list(nodes.values())),
        )

    def _mark(self, mark: Head) -> Head | None:
        row = self.db.one(
            "SELECT index, hash FROM entries WHERE topic = %s AND partition = %s AND index <= %s"
            " ORDER BY index DESC LIMIT 1",
            (mark.chain.topic, mark.chain.partition, mark.length),
        )
        return None if row is None else Head(mark.chain, row[0], bytes(row[1]))


def forger(db: Database, make: Callable[[Database], Store], store: Store) -> Forger:
    """Return a forger over ``db`` whose store shares the anchors and the stolen key of ``store``."""
    own = make(db)
    own.anchors, own.secret = store.anchors, store.secret
    assert isinstance(own.log, PostgresLog)
    return Forger(db, own)


def _other(entry: Entry, name: str, chance: random.Random) -> Any:
    present = getattr(entry, name)
    if name == "value" and present is None:
        return None if entry.kind != Kind.RECORD else b"x"
    if name == "kind":
        return Kind.TOMBSTONE if entry.kind == Kind.REPEATED else entry.kind
    if isinstance(present, bytes) and present:
        place = chance.randrange(len(present))
        return present[:place] + bytes([present[place] ^ 1 << chance.randrange(8)]) + present[place + 1 :]
    if isinstance(present, int):
        return (
            present + chance.choice((-1, 1)) * chance.randrange(1, 1_000)
            if present > 1_000
            else present + 500
        )
    if present is None or present == b"":
        return b"forged"
    return present.replace(microsecond=(present.microsecond + 1) % 1_000_000)


def _own_content(entry: Entry) -> Entry:
    return replace(entry, content=hashlib.sha256(entry.value or b"").digest())


def _numbered(entries: Sequence[Entry]) -> list[Entry]:
    return [replace(one, index=index) for index, one in enumerate(entries, 1)]


def _hashed(entries: Sequence[Entry]) -> list[Entry]:
    made, previous = [], GENESIS
    for one in entries:
        whole = one if one.kind == Kind.REPEATED else _own_content(one)
        previous = whole.after(previous)
        made.append(replace(whole, hash=previous))
    return made


def _row(one: Entry) -> tuple[Any, ...]:
    facts = one.facts
    return (
        one.recorded_at.date().replace(day=1),
        one.chain.topic,
        one.chain.partition,
        one.index,
        one.offset,
        int(one.kind),
        one.timestamp_ms,
        one.recorded_at,
        one.key,
        one.value,
        one.content,
        one.hash,
        one.id,
        facts.event_id,
        facts.type,
        facts.subject,
        facts.actor,
        facts.happened_at,
    )
