"""The Merkle tree of RFC 9162: hashes, roots and proofs over subtrees that are kept whole.

A tree over ``size`` leaves is known by its whole subtrees: the node ``(level, place)`` covers the leaves
``place * 2**level`` up to ``(place + 1) * 2**level``. Functions say which nodes they need, take what reads
them, and do no more; a proof needs O(log size) nodes.

Sources: RFC 9162, 2.1.1 (hashes), 2.1.3 (inclusion), 2.1.4 (consistency).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence

Node = tuple[int, int]
Span = tuple[int, int]
"""Leaves from the first (inclusive) to the second (exclusive)."""
ReadNodes = Callable[[Sequence[Node]], Mapping[Node, bytes]]
"""Reads the hashes of whole subtrees, all of them at once."""

EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def whole_subtrees(span: Span) -> list[Node]:
    """Return the fewest whole subtrees that cover ``span``, left to right.

    ``span`` is one that the RFC's recursion meets: it begins at a multiple of its largest power of two.
    """
    first, end = span
    found = []
    while first < end:
        level = (end - first).bit_length() - 1
        found.append((level, first >> level))
        first += 1 << level
    return found


def join(hashes: Sequence[bytes]) -> bytes:
    """Return the root over whole subtrees ``hashes``, the largest first."""
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def root(size: int, read: ReadNodes) -> bytes:
    """Return the root of the first ``size`` leaves."""
    return _roots([(0, size)], read)[0] if size else EMPTY_ROOT


def grown(size: int, leaf: bytes, read: ReadNodes) -> dict[Node, bytes]:
    """Return the nodes that a tree of ``size`` leaves gains by the leaf hash ``leaf``."""
    lefts = [(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1]
    gained = {(0, size): leaf}
    known = read(lefts)
    level, place, hashed = 0, size, leaf
    while place & 1:
        hashed = node_hash(known[level, place - 1], hashed)
        level, place = level + 1, place >> 1
        gained[level, place] = hashed
    return gained


def inclusion_proof(leaf: int, size: int, read: ReadNodes) -> list[bytes]:
    """Return the proof that the leaf (from 0) is in the tree of ``size`` leaves."""
    return _roots(_path(leaf, (0, size)), read)


def consistency_proof(first: int, second: int, read: ReadNodes) -> list[bytes]:
    """Return the proof that the tree of ``first`` leaves begins the tree of ``second``."""
    return _roots(_subproof(first, (0, second), known=True), read) if 0 < first < second else []


def _path(leaf: int, span: Span) -> list[Span]:
    """Return the spans of PATH(m, D_n), from the leaf up (RFC 9162, 2.1.3.1)."""
    first, end = span
    if end - first == 1:
        return []
    split = first + _largest_power_below(end - first)
    if leaf < split:
        return [*_path(leaf, (first, split)), (split, end)]
    return [*_path(leaf, (split, end)), (first, split)]


def _subproof(old: int, span: Span, *, known: bool) -> list[Span]:
    """Return the spans of SUBPROOF(m, D_n, b) (RFC 9162, 2.1.4.1); ``old`` counts from the tree's begin."""
    first, end = span
    if old == end:
        return [] if known else [span]
    split = first + _largest_power_below(end - first)
    if old <= split:
        return [*_subproof(old, (first, split), known=known), (split, end)]
    return [*_subproof(old, (split, end), known=False), (first, split)]


def _roots(spans: Sequence[Span], read: ReadNodes) -> list[bytes]:
    covers = [whole_subtrees(span) for span in spans]
    known = read([node for cover in covers for node in cover])
    return [join([known[node] for node in cover]) for cover in covers]


def _largest_power_below(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def root_of_inclusion(leaf: bytes, place: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """Return the root that ``proof`` gives the leaf hash at ``place``, None for a proof of another shape.

    RFC 9162, 2.1.3.2.
    """
    if not 0 <= place < size:
        return None
    at, last, found = place, size - 1, leaf
    for step in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def is_consistent(first: tuple[int, bytes], second: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the tree ``second`` (size, root) begins with the tree ``first``.

    RFC 9162, 2.1.4.2.
    """
    (old, old_root), (new, new_root) = first, second
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    steps = _unwound(old, old_root, proof)
    return bool(steps) and _roots_of_consistency(old - 1, new - 1, steps) == first[1:] + second[1:]


def _roots_of_consistency(at: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    while at & 1:
        at, last = at >> 1, last >> 1
    old_root = new_root = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            old_root, new_root = node_hash(step, old_root), node_hash(step, new_root)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new_root = node_hash(new_root, step)
        at, last = at >> 1, last >> 1
    return (old_root, new_root) if last == 0 else None


def _unwound(old: int, old_root: bytes, proof: Sequence[bytes]) -> list[bytes]:
    """Return the proof with the old root before it, where the old tree is one whole subtree."""
    return [old_root, *proof] if old & (old - 1) == 0 and proof else list(proof)
