"""Each minute: one leaf over the ends of all chains, a signed head, and its anchor before it counts.

The tree grows in one transaction; the anchor is written after it and the checkpoint counts with a second one.
A crash in between leaves a checkpoint that the next run anchors first, with the same bytes: the signature is
stored with its head. Of two that run at once the lock lets one grow the tree; both may anchor, alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.errors import HistoryBroken
from audit.model import merkle
from audit.model.checkpoint import Checkpoint, SignedHead, TreeHead, ends_of, leaf_data, lengths_to_mark
from audit.model.entry import Head
from audit.model.merkle import Node
from audit.ports import Anchors, CheckpointTree, EventLog, Signer
from audit.ports.tree import Growth
from audit.service.documents import anchor_document, anchor_name
from kit import clock, failpoint


@dataclass(frozen=True, slots=True)
class Checkpointing:
    """Makes checkpoints in the name of ``origin``."""

    log: EventLog
    tree: CheckpointTree
    signer: Signer
    anchors: Anchors
    origin: str
    now: Callable[[], datetime] = clock.now

    def run(self) -> Checkpoint | None:
        """Anchor what a crash left, then make a checkpoint if a chain grew; return it.

        Raises ``Retryable``, and :class:`HistoryBroken` when what is stored is not what was signed before:
        then nothing is signed.
        """
        self._anchor()
        made = self.tree.grow(self._grow)
        failpoint.hit("audit.checkpoint.grown")
        if made is not None:
            self._anchor()
        return made

    def _anchor(self) -> None:
        for one in self.tree.unanchored():
            name, document = anchor_name(one.number), anchor_document(one)
            known = self.anchors.read(name)
            if known not in {None, document}:
                raise HistoryBroken(f"another head of size {one.number} was anchored before")
            address = self.anchors.keep(name, document, one.signed.head.at)
            failpoint.hit("audit.checkpoint.anchored")
            self.tree.anchor(one.number, address, self.now())

    def _grow(self, last: Checkpoint | None, heads: Sequence[Head]) -> Growth | None:
        before = last.ends if last else ()
        if tuple(heads) == before:
            return None
        size = last.number if last else 0
        if last is not None and merkle.root(size, self.tree.nodes) != last.signed.head.root:
            raise HistoryBroken(f"the tree of size {size} has not the root that was signed")
        marks = self._marks(before, heads)
        gained = merkle.grown(size, merkle.leaf_hash(leaf_data(marks)), self.tree.nodes)
        head = TreeHead(self.origin, size + 1, self._root(size + 1, gained), self._time(last))
        return Growth(Checkpoint(SignedHead(head, *self.signer.sign(head)), marks), gained)

    def _time(self, last: Checkpoint | None) -> datetime:
        return max(self.now(), last.signed.head.at) if last else self.now()

    def _root(self, size: int, gained: Mapping[Node, bytes]) -> bytes:
        def read(wanted: Sequence[Node]) -> Mapping[Node, bytes]:
            known = self.tree.nodes([one for one in wanted if one not in gained])
            return {**known, **{one: gained[one] for one in wanted if one in gained}}

        return merkle.root(size, read)

    def _marks(self, before: Sequence[Head], heads: Sequence[Head]) -> tuple[Head, ...]:
        """Return the chains' ends, with marks on the way to those that grew far.

        Raises :class:`HistoryBroken` when the end that was signed is gone, or another entry now.
        """
        signed, now = {one.chain: one.length for one in before}, {one.chain for one in heads}
        hashes = self.log.hashes([(one.chain, one.length) for one in before])
        for one in before:
            if hashes.get((one.chain, one.length)) != one.hash or one.chain not in now:
                raise HistoryBroken(f"entry {one.length} of {one.chain} is not the one that was signed")
        between = [
            (one.chain, length)
            for one in heads
            for length in lengths_to_mark(signed.get(one.chain, 0), one.length)[:-1]
        ]
        found = self.log.hashes(between)
        marks = [Head(chain, length, found[chain, length]) for chain, length in between]
        return tuple(sorted([*marks, *ends_of(heads)], key=lambda one: (one.chain, one.length)))
