"""Proofs that anybody can check: an entry is in a signed tree, a tree begins a later one."""

from dataclasses import dataclass

from audit.errors import ChainUnknown, CheckpointUnknown, EntryUnknown, NotCheckpointed, SizesRefused
from audit.model import merkle
from audit.model.checkpoint import Checkpoint, Proof
from audit.model.entry import GENESIS, Chain, Entry, EntryId
from audit.ports import CheckpointTree, EventLog


@dataclass(frozen=True, slots=True)
class Proving:
    """Makes proofs from what is stored; it checks nothing, for whoever asks does."""

    log: EventLog
    tree: CheckpointTree

    def prove(self, entry_id: EntryId, size: int | None = None) -> Proof:
        """Return the proof of an entry in the tree of ``size``, the newest when None.

        Raises ``EntryUnknown``, ``CheckpointUnknown``, ``NotCheckpointed``.
        """
        entry = self.log.find(entry_id)
        if entry is None:
            raise EntryUnknown
        return self.prove_entry(entry, self.checkpoint(size))

    def prove_entry(self, entry: Entry, newest: Checkpoint) -> Proof:
        """Return the proof of ``entry`` in the tree of ``newest``. Raises ``NotCheckpointed``.

        The end of its chain is proved by the newest leaf, which shows that it is the end; another entry by
        the first leaf that covers it, which keeps the way short.
        """
        number = self.tree.covering(entry.chain, entry.index)
        if number is None or number > newest.number:
            raise NotCheckpointed
        if any(one.chain == entry.chain and one.length == entry.index for one in newest.ends):
            number = newest.number
        leaf = newest if number == newest.number else self.checkpoint(number)
        mark = leaf.first_mark(entry.chain, entry.index)
        assert mark is not None, "a leaf that covers an entry has a mark at or past it"
        return Proof(
            entry=entry,
            previous=self.before(entry.chain, entry.index),
            links=tuple(self.log.span(entry.chain, entry.index, mark.length - entry.index)),
            marks=leaf.marks,
            leaf=number - 1,
            path=tuple(merkle.inclusion_proof(number - 1, newest.number, self.tree.nodes)),
            signed=newest.signed,
        )

    def consistency(self, first: int, second: int) -> tuple[Checkpoint, Checkpoint, list[bytes]]:
        """Return two checkpoints and the proof that the tree of the first begins that of the second.

        Raises ``SizesRefused``, ``CheckpointUnknown``.
        """
        if first > second:
            raise SizesRefused
        older, newer = self.checkpoint(first), self.checkpoint(second)
        return older, newer, merkle.consistency_proof(first, second, self.tree.nodes)

    def checkpoint(self, size: int | None) -> Checkpoint:
        """Return the checkpoint of ``size``, the newest when None. Raises ``CheckpointUnknown``."""
        found = self.tree.newest() if size is None else self.tree.at(size)
        if found is None:
            raise CheckpointUnknown
        return found

    def before(self, chain: Chain, index: int) -> bytes:
        """Return the hash that the entry at ``index`` follows. Raises ``ChainUnknown``."""
        if index == 1:
            return GENESIS
        found = self.log.hashes([(chain, index - 1)])
        if not found:
            raise ChainUnknown
        return found[chain, index - 1]
