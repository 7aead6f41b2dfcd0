"""Exports: a span of one chain as lines of JSON that prove themselves against a signed head.

The first line says what follows, then an entry a line, then the proof of the last entry. Those before it are
proved by the chain.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from audit.errors import ChainUnknown, HistoryBroken, NotCheckpointed
from audit.model import merkle
from audit.model.checkpoint import Checkpoint
from audit.model.entry import Chain, Entry
from audit.ports import EventLog
from audit.service.documents import EXPORT, closing_document, entry_document, head_document, line
from audit.service.proving import Proving

_BYTES = 3_000_000
"""Of keys and values; with what JSON adds, an answer stays under the 6 MB of a function."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to export: at most ``limit`` entries of ``chain`` past ``after``.

    ``size``: prove in the tree of that checkpoint, not the newest. ``kept``: prove also that the tree of that
    size, whose head somebody kept, begins the one proved in.
    """

    chain: Chain
    after: int
    limit: int
    size: int | None = None
    kept: int | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """Its bytes, the entries it spans, the size of the tree, and whether the chain goes on in that tree."""

    body: bytes
    first: int
    last: int
    size: int
    more: bool


@dataclass(frozen=True, slots=True)
class Exporting:
    """Writes exports."""

    log: EventLog
    proving: Proving

    def export(self, wish: Wish) -> Export:
        """Return the export. Raises ``ChainUnknown``, ``CheckpointUnknown``, ``NotCheckpointed``."""
        newest = self.proving.checkpoint(wish.size)
        end = next((one.length for one in newest.ends if one.chain == wish.chain), 0)
        if not self.log.span(wish.chain, 0, 1):
            raise ChainUnknown
        if end <= wish.after:
            raise NotCheckpointed
        entries = _within(self.log.span(wish.chain, wish.after, min(wish.limit, end - wish.after)))
        if not entries:
            raise HistoryBroken(f"entries of {wish.chain} that were signed are gone")
        body = b"".join(self._lines(wish, entries, newest))
        return Export(body, entries[0].index, entries[-1].index, newest.number, entries[-1].index < end)

    def _lines(self, wish: Wish, entries: list[Entry], newest: Checkpoint) -> Iterator[bytes]:
        first, last = entries[0], entries[-1]
        yield line(
            {
                "format": EXPORT,
                "origin": newest.signed.head.origin,
                "topic": wish.chain.topic,
                "partition": wish.chain.partition,
                "first": first.index,
                "last": last.index,
                "previous": self.proving.before(wish.chain, first.index).hex(),
            }
        )
        for one in entries:
            yield line(entry_document(one))
        closing = closing_document(self.proving.prove_entry(last, newest))
        if wish.kept is not None:
            closing |= self._consistency(wish.kept, newest)
        yield line(closing)

    def _consistency(self, kept: int, newest: Checkpoint) -> dict[str, object]:
        older = self.proving.checkpoint(min(kept, newest.number))
        path = merkle.consistency_proof(older.number, newest.number, self.proving.tree.nodes)
        kept_head = head_document(older.signed)
        return {"consistency": {"first": kept_head, "path": [one.hex() for one in path]}}


def _within(entries: list[Entry]) -> list[Entry]:
    """Return as many of ``entries`` as one answer holds, at least one."""
    left, taken = _BYTES, 0
    for one in entries:
        left -= len(one.value or b"") + len(one.key or b"")
        if left < 0 and taken:
            break
        taken += 1
    return entries[:taken]
