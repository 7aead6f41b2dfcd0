"""Checkpoints: signed heads of one Merkle tree, each of whose leaves lists where every chain ended.

The data of a leaf are::

    "treum-audit-heads/1" 0x00
    the number of marks (4), then for each:
    topic, as its length (4) and UTF-8; partition (4); length (8); hash (32)

Marks are sorted by topic, partition and length. A chain's last one is its end then; those before it, one each
``MARK_EVERY`` entries since the leaf before, keep proofs short. The Ed25519 signature of a head covers::

    "treum-audit-tree-head/1" 0x00
    origin, as its length (4) and UTF-8; size (8); time in µs (8); root (32)

with numbers big-endian. The origin names the installation, so that no head passes for another's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.model.entry import Chain, Entry, Head, microseconds

MARK_EVERY = 512
_LEAF_TAG = b"treum-audit-heads/1\x00"
_MARK_BYTES = 44
_HEAD_TAG = b"treum-audit-tree-head/1\x00"


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The tree of ``size`` leaves at a time."""

    origin: str
    size: int
    root: bytes
    at: datetime

    def signed_bytes(self) -> bytes:
        """Return what the signature covers."""
        numbers = self.size.to_bytes(8, "big") + microseconds(self.at).to_bytes(8, "big", signed=True)
        return _HEAD_TAG + _text(self.origin) + numbers + self.root


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A tree head with its signature under the key ``key_id``."""

    head: TreeHead
    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A leaf and the signed head of the tree that ends with it."""

    signed: SignedHead
    marks: tuple[Head, ...]

    @property
    def number(self) -> int:
        """The size of its tree: its leaf is the last one."""
        return self.signed.head.size

    @property
    def ends(self) -> tuple[Head, ...]:
        """Where each chain ended."""
        return ends_of(self.marks)

    def first_mark(self, chain: Chain, index: int) -> Head | None:
        """Return the first mark of ``chain`` at or past ``index``."""
        return next((one for one in self.marks if one.chain == chain and one.length >= index), None)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies heads signed at ``valid_from`` or later; ``raw`` are its 32 bytes."""

    key_id: str
    raw: bytes
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """That ``entry`` is in the tree of ``signed``.

    Its ``links`` run to the mark of a leaf, ``path`` from that leaf to the root. ``previous`` is the hash
    that ``entry`` follows.
    """

    entry: Entry
    previous: bytes
    links: tuple[Entry, ...]
    marks: tuple[Head, ...]
    leaf: int
    path: tuple[bytes, ...]
    signed: SignedHead


def leaf_data(marks: Sequence[Head]) -> bytes:
    """Return the bytes of a leaf."""
    parts = [_LEAF_TAG, len(marks).to_bytes(4, "big")]
    for one in marks:
        numbers = one.chain.partition.to_bytes(4, "big") + one.length.to_bytes(8, "big")
        parts += [_text(one.chain.topic), numbers, one.hash]
    return b"".join(parts)


def marks_in(leaf: bytes) -> tuple[Head, ...]:
    """Return the marks of a leaf's bytes. Raises ``ValueError`` when they are no leaf."""
    if not leaf.startswith(_LEAF_TAG):
        raise ValueError("not the data of a leaf")
    marks = tuple(_read_marks(leaf[len(_LEAF_TAG) :]))
    if leaf_data(marks) != leaf:
        raise ValueError("the data of a leaf is longer than it says")
    return marks


def ends_of(marks: Sequence[Head]) -> tuple[Head, ...]:
    """Return the last mark of each chain."""
    last = {one.chain: one for one in marks}
    return tuple(last[chain] for chain in sorted(last))


def lengths_to_mark(before: int, now: int) -> list[int]:
    """Return where to mark a chain that grew from ``before`` to ``now``, its end last."""
    between = range((before // MARK_EVERY + 1) * MARK_EVERY, now, MARK_EVERY)
    return [*between, now]


def _read_marks(raw: bytes) -> Iterator[Head]:
    many, at = int.from_bytes(raw[:4], "big"), 4
    for _ in range(many):
        size = int.from_bytes(raw[at : at + 4], "big")
        at += 4
        topic = raw[at : at + size].decode()
        at += size
        rest = raw[at : at + _MARK_BYTES]
        if len(rest) < _MARK_BYTES:
            raise ValueError("the data of a leaf is cut off")
        chain = Chain(topic, int.from_bytes(rest[:4], "big"))
        yield Head(chain, int.from_bytes(rest[4:12], "big"), rest[12:])
        at += _MARK_BYTES


def _text(value: str) -> bytes:
    raw = value.encode()
    return len(raw).to_bytes(4, "big") + raw
