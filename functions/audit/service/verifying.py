"""Verification from within: the chains entry by entry, and the tree against its signature and its anchor.

It finds what changed in the store, also where nobody exports; who distrusts the store as a whole verifies an
export against a head that was kept elsewhere (``clients/python/treum_audit``).
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from audit.model import merkle
from audit.model.checkpoint import Checkpoint, leaf_data
from audit.model.entry import GENESIS, NOTHING, Entry, Head, Kind
from audit.model.upkeep import Difference, Place, Walk
from audit.ports import Anchors, CheckpointTree, EventLog, Keys, Signer
from audit.service.documents import anchor_document, anchor_name
from audit.service.facts import facts_of

_LEAVES = 20


@dataclass(frozen=True, slots=True)
class Verifying:
    """Checks."""

    log: EventLog
    tree: CheckpointTree
    keys: Keys
    signer: Signer
    anchors: Anchors

    def walk(self, place: Place | None, at_most: int) -> Walk:
        """Check up to ``at_most`` entries of one chain from ``place`` on, from the first chain when None."""
        heads = self.log.heads()
        if place is None:
            if not heads:
                return Walk(0, (), None)
            place = Place(heads[0].chain, 0)
        entries = self.log.span(place.chain, place.after, at_most)
        found = [*self._chain(place, entries)]
        if len(entries) == at_most:
            return Walk(len(entries), tuple(found), Place(place.chain, entries[-1].index))
        head = next((one for one in heads if one.chain == place.chain), None)
        found += _end(place, entries, head)
        following = next((one.chain for one in heads if one.chain > place.chain), None)
        return Walk(len(entries), tuple(found), None if following is None else Place(following, 0))

    def check_tree(self) -> tuple[Checkpoint | None, tuple[Difference, ...]]:
        """Check the newest checkpoint and those before it: roots, signature, anchor, and the chains' ends."""
        try:
            return self._tree()
        except ValueError:  # bytes of a leaf that are none any more
            return None, (Difference("it cannot be read any more", "a checkpoint"),)

    def _tree(self) -> tuple[Checkpoint | None, tuple[Difference, ...]]:
        newest = self.tree.newest()
        following = 1 if newest is None else newest.number + 1
        found = list(self._hidden(following))
        if newest is not None:
            found += [Difference(what, f"checkpoint {newest.number}") for what in self._checkpoint(newest)]
            found += self._ends(newest)
            found += self._leaves(newest)
        return newest, tuple(found)

    def _chain(self, place: Place, entries: Sequence[Entry]) -> Iterator[Difference]:
        previous, expected = self._before(place), place.after + 1
        repeated = [one.facts.event_id for one in entries if one.kind == Kind.REPEATED]
        contents = self.log.contents([one for one in repeated if one is not None])
        last: Entry | None = None
        for one in entries:
            where = f"{one.chain.topic}/{one.chain.partition}/{one.index}"
            if one.index != expected:
                yield Difference("entries are missing before it", where)
            elif previous is None or one.after(previous) != one.hash:
                yield Difference("its hash does not follow from the entry before", where)
            if not _holds_content(one, contents.get(one.facts.event_id or "")):
                yield Difference("its content is not what was hashed", where)
            if one.kind != Kind.REPEATED and facts_of(one.value) != one.facts:
                yield Difference("what it is searched by is not what it says", where)
            if one.id not in {one.facts.event_id, str(UUID(bytes=one.hash[:16]))}:
                yield Difference("its id is another's", where)
            if last is not None and (one.offset <= last.offset or one.recorded_at < last.recorded_at):
                yield Difference("it comes before the entry before it", where)
            previous, expected, last = one.hash, one.index + 1, one

    def _before(self, place: Place) -> bytes | None:
        if place.after == 0:
            return GENESIS
        return self.log.hashes([(place.chain, place.after)]).get((place.chain, place.after))

    def _hidden(self, number: int) -> Iterator[Difference]:
        """A head that lies in the locked store, but whose checkpoint is gone."""
        pending = {one.number for one in self.tree.unanchored()}
        if number not in pending and self.anchors.read(anchor_name(number)) is not None:
            yield Difference("its head was anchored, but the checkpoint is gone", f"checkpoint {number}")

    def _checkpoint(self, newest: Checkpoint) -> Iterator[str]:
        signed = newest.signed
        key = next((one for one in self.keys.all() if one.key_id == signed.key_id), None)
        if key is None or not self.signer.verify(key, signed.head, signed.signature):
            yield "its signature is not that of our key"
        if self.anchors.read(anchor_name(newest.number)) != anchor_document(newest):
            yield "its anchor says something else"

    def _ends(self, newest: Checkpoint) -> Iterator[Difference]:
        hashes = self.log.hashes([(one.chain, one.length) for one in newest.marks])
        for one in newest.marks:
            if hashes.get((one.chain, one.length)) != one.hash:
                where = f"{one.chain.topic}/{one.chain.partition}/{one.length}"
                yield Difference("it is not the entry that was signed", where)

    def _leaves(self, newest: Checkpoint) -> Iterator[Difference]:
        """Grow the tree again by each of the last leaves: every node it gained then must be there."""
        for one in self.tree.page(newest.number + 1, _LEAVES):
            where = f"checkpoint {one.number}"
            try:
                leaf = merkle.leaf_hash(leaf_data(one.marks))
                gained = merkle.grown(one.number - 1, leaf, self.tree.nodes)
                root = merkle.root(one.number, self.tree.nodes)
            except KeyError:
                yield Difference("nodes of its tree are missing", where)
                continue
            if self.tree.nodes(list(gained)) != gained:
                yield Difference("its marks are not those of the tree", where)
            if root != one.signed.head.root:
                yield Difference("its root does not follow from the tree", where)


def _end(place: Place, entries: Sequence[Entry], head: Head | None) -> Iterator[Difference]:
    last = entries[-1] if entries else None
    reached = last.index if last else place.after
    wrong_hash = head is not None and last is not None and last.hash != head.hash
    if head is None or head.length != reached or wrong_hash:
        yield Difference("the chain ends elsewhere", f"{place.chain.topic}/{place.chain.partition}/{reached}")


def _holds_content(entry: Entry, first: bytes | None) -> bool:
    if entry.kind == Kind.REPEATED:
        return entry.value is None and first == entry.content
    is_tombstone = entry.kind == Kind.TOMBSTONE
    if is_tombstone != (entry.value is None) or (is_tombstone and entry.facts != NOTHING):
        return False
    return hashlib.sha256(entry.value or b"").digest() == entry.content
