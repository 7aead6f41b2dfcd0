"""Recomputes exports from their bytes up to the root of a tree, and the tree from a head that was kept."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from treum_audit import ed25519
from treum_audit.reading import (
    Chain,
    Head,
    Mark,
    Wrong,
    bytes_of,
    documents_of,
    hashed,
    head_of,
    mark_of,
    number,
    text,
    unhex,
)
from treum_audit.tree import is_consistent, leaf_hash, root_of_inclusion

EXPORT = "treum-audit-export/1"
GENESIS = bytes(32)
_RECORD, _REPEATED, _TOMBSTONE = 0, 1, 2
_NUMBERS = ("offset", "timestamp_ms", "recorded_us")


@dataclass(frozen=True, slots=True)
class Section:
    """A verified export: entries ``first`` to ``last`` of a chain, between two hashes.

    ``ends``: where every chain ended as of the head, when the proof is the newest leaf's, else None.
    """

    chain: Chain
    first: int
    last: int
    previous: bytes
    hash: bytes
    head: Head
    ends: tuple[Mark, ...] | None


@dataclass(slots=True)
class Report:
    """What was verified, and what of it was only referred to: contents whose bytes lie in another export."""

    sections: list[Section] = field(default_factory=list)
    entries: int = 0
    contents: set[bytes] = field(default_factory=set)
    referred: set[bytes] = field(default_factory=set)

    @property
    def elsewhere(self) -> int:
        """How many repeated contents are not in these exports."""
        return len(self.referred - self.contents)


def verify(
    exports: Iterable[Iterable[str]],
    *,
    kept: Head | None = None,
    keys: dict[str, bytes] | None = None,
    complete: bool = False,
) -> Report:
    """Verify ``exports`` (the lines of each) and return what they hold; raises :class:`Wrong` at a flaw.

    ``kept``: a head from before, which every export must contain; ``keys``: public keys that may have signed.
    One of both is needed. ``complete``: every chain of the head must be there, whole.
    """
    if kept is None and not keys:
        raise Wrong("nothing to verify against: give a head you kept, or a key you trust")
    report = Report()
    for lines in exports:
        report.sections.append(_Reader(report).read(documents_of(lines), kept, keys or {}))
    _join(report.sections)
    if complete:
        _demand_complete(report)
    return report


class _Reader:
    def __init__(self, report: Report) -> None:
        self._report = report

    def read(self, lines: Iterator[dict[str, Any]], kept: Head | None, keys: dict[str, bytes]) -> Section:
        opening = next(lines, {})
        if opening.get("format") != EXPORT:
            raise Wrong("this is no export of the event store")
        chain = Chain(text(opening, "topic"), number(opening, "partition"))
        first, last = number(opening, "first", 1), number(opening, "last", 1)
        previous = hashed(opening, "previous")
        if first == 1 and previous != GENESIS:
            raise Wrong(f"{_where(chain, 1)}: a chain begins with nothing before it")
        reached = self._entries(lines, chain, (first, last), previous)
        closing = next(lines, None)
        if closing is None or next(lines, None) is not None:
            raise Wrong(f"{_where(chain, last)}: the export is cut off, or goes on after its proof")
        head = head_of(closing.get("head") or {})
        if text(opening, "origin") != head.origin:
            raise Wrong("the export and its head are of different installations")
        marks = _proved(closing, chain, last, reached, head)
        _anchored(head, closing, kept, keys)
        ends = _ends(marks) if number(closing, "leaf") == head.size - 1 else None
        return Section(chain, first, last, previous, reached, head, ends)

    def _entries(
        self, lines: Iterator[dict[str, Any]], chain: Chain, span: tuple[int, int], previous: bytes
    ) -> bytes:
        order = (-1, 0)
        for index in range(span[0], span[1] + 1):
            found = next(lines, {})
            previous = _link(found, chain, index, previous)
            if hashed(found, "hash") != previous:
                raise Wrong(f"{_where(chain, index)}: its hash does not follow from the entry before")
            self._content(found, _where(chain, index))
            here = number(found, "offset"), number(found, "recorded_us")
            if here[0] <= order[0] or here[1] < order[1]:
                raise Wrong(f"{_where(chain, index)}: it comes before the entry before it")
            order = here
        self._report.entries += span[1] - span[0] + 1
        return previous

    def _content(self, found: dict[str, Any], where: str) -> None:
        kind, value, content = number(found, "kind"), bytes_of(found, "value"), hashed(found, "content")
        if kind == _REPEATED:
            self._report.referred.add(content)
        if (kind == _RECORD) != (value is not None):
            raise Wrong(f"{where}: a record has a value, and nothing else has")
        if kind == _REPEATED:
            return
        if hashlib.sha256(value or b"").digest() != content:
            raise Wrong(f"{where}: its content is not what was hashed")
        self._report.contents.add(content)


def _link(found: dict[str, Any], chain: Chain, index: int, previous: bytes) -> bytes:
    if found.get("index") != index:
        raise Wrong(f"{_where(chain, index)}: it is missing")
    topic, key, kind = chain.topic.encode(), bytes_of(found, "key"), number(found, "kind")
    if kind not in {_RECORD, _REPEATED, _TOMBSTONE}:
        raise Wrong(f"{_where(chain, index)}: there is no such kind of entry")
    parts = [b"treum-audit-entry/1\x00", previous, len(topic).to_bytes(4, "big"), topic]
    parts += [chain.partition.to_bytes(4, "big"), index.to_bytes(8, "big")]
    parts += [number(found, name).to_bytes(8, "big") for name in _NUMBERS]
    parts += [bytes([kind]), b"\xff" * 4 if key is None else len(key).to_bytes(4, "big") + key]
    return hashlib.sha256(b"".join([*parts, hashed(found, "content")])).digest()


def _proved(closing: dict[str, Any], chain: Chain, last: int, reached: bytes, head: Head) -> Sequence[Mark]:
    for index, one in enumerate(closing.get("links") or [], last + 1):
        reached, last = _link(one, chain, index, reached), index
    marks = [mark_of(one) for one in closing.get("marks") or []]
    if Mark(chain, last, reached) not in marks:
        raise Wrong(f"{_where(chain, last)}: it is not the entry that was signed")
    place, path = number(closing, "leaf"), [unhex(one) for one in closing.get("path") or []]
    if root_of_inclusion(leaf_hash(_leaf(marks)), place, head.size, path) != head.root:
        raise Wrong(f"{_where(chain, last)}: the leaf that covers it is not in the tree of size {head.size}")
    return marks


def _leaf(marks: Sequence[Mark]) -> bytes:
    parts = [b"treum-audit-heads/1\x00", len(marks).to_bytes(4, "big")]
    for one in marks:
        topic = one.chain.topic.encode()
        parts += [len(topic).to_bytes(4, "big"), topic, one.chain.partition.to_bytes(4, "big")]
        parts += [one.length.to_bytes(8, "big"), one.hash]
    return b"".join(parts)


def _anchored(head: Head, closing: dict[str, Any], kept: Head | None, keys: dict[str, bytes]) -> None:
    key = keys.get(head.key_id)
    if keys and (key is None or not ed25519.verify(key, head.signed_bytes(), head.signature)):
        raise Wrong(f"the head of size {head.size} is not signed by a key you trust")
    if kept is None:
        return
    if kept.origin != head.origin:
        raise Wrong("the head you kept is of another installation")
    if kept.size > head.size:
        raise Wrong(f"the export is older than the head you kept: ask for it with size={kept.size}")
    shown = closing.get("consistency")
    path = [unhex(one) for one in shown.get("path") or []] if isinstance(shown, dict) else []
    if kept.size < head.size and not path:
        raise Wrong(f"the export is newer than the head you kept: ask for it with kept={kept.size}")
    if not is_consistent((kept.size, kept.root), (head.size, head.root), path):
        raise Wrong(f"the tree of size {head.size} does not begin with the head of size {kept.size} you kept")


def _join(sections: Sequence[Section]) -> None:
    """Demand that sections which touch fit together."""
    ends = {(one.chain, one.last): one.hash for one in sections}
    for one in sections:
        before = ends.get((one.chain, one.first - 1))
        if before is not None and before != one.previous:
            raise Wrong(f"{_where(one.chain, one.first)}: it does not follow from the export before it")


def _demand_complete(report: Report) -> None:
    heads = {one.head for one in report.sections}
    if len(heads) != 1:
        raise Wrong("a complete store is proved in one tree: ask for every export with the same size=")
    ends = next((one.ends for one in report.sections if one.ends is not None), None)
    if ends is None:
        raise Wrong("no export reaches the end of its chain: go on while X-Next-After is answered")
    for end in ends:
        reached = 0
        for one in sorted(report.sections, key=lambda section: (section.chain, section.first)):
            if one.chain == end.chain and one.first <= reached + 1:
                reached = max(reached, one.last)
        if reached != end.length:
            raise Wrong(
                f"{_where(end.chain, reached + 1)}: of {end.length} entries that were signed it is missing"
            )
    if report.elsewhere:
        raise Wrong(f"{report.elsewhere} repeated records name contents that no entry holds")


def _ends(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    last: dict[Chain, Mark] = {}
    for one in marks:
        if one.chain not in last or one.length > last[one.chain].length:
            last[one.chain] = one
    return tuple(last[chain] for chain in sorted(last))


def _where(chain: Chain, index: int) -> str:
    return f"{chain.topic}/{chain.partition}/{index}"
