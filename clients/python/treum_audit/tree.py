"""Checking proofs of RFC 9162: a leaf is in a tree (2.1.3.2), a tree begins a later one (2.1.4.2)."""

import hashlib
from collections.abc import Sequence


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def root_of_inclusion(leaf: bytes, place: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that ``path`` leads to from the leaf hash at ``place`` (from 0); None: no such path."""
    if not 0 <= place < size:
        return None
    fn, sn, found = place, size - 1, leaf
    for step in path:
        if sn == 0:
            return None
        if fn % 2 == 1 or fn == sn:
            found = _node(step, found)
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn // 2, sn // 2
        else:
            found = _node(found, step)
        fn, sn = fn // 2, sn // 2
    return found if sn == 0 else None


def is_consistent(first: tuple[int, bytes], second: tuple[int, bytes], path: Sequence[bytes]) -> bool:
    """Whether ``path`` shows that the tree ``second`` (size, root) begins with the tree ``first``."""
    (old, old_root), (new, new_root) = first, second
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = list(path)
    if old.bit_count() == 1:
        steps.insert(0, old_root)
    if not path:
        return False
    return _roots(old - 1, new - 1, steps) == (old_root, new_root)


def _roots(fn: int, sn: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    while fn % 2 == 1:
        fn, sn = fn // 2, sn // 2
    fr = sr = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return None
        if fn % 2 == 1 or fn == sn:
            fr, sr = _node(step, fr), _node(step, sr)
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn // 2, sn // 2
        else:
            sr = _node(sr, step)
        fn, sn = fn // 2, sn // 2
    return (fr, sr) if sn == 0 else None


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
