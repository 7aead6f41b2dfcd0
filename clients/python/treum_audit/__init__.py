"""Verify TREUM's event store, alone and offline: this folder, Python 3.11 and nothing else.

    curl …/api/v1/audit/checkpoints > head.json       # keep it: it pins everything before it
    curl -O "…/api/v1/audit/export?topic=user-events&partition=0"    # and &after=, see X-Next-After
    python -m treum_audit export.jsonl --head head.json

- **Each entry:** the SHA-256 of its bytes, and its hash over the entry before it (the chain).
- **The chain in the tree:** links from the last entry to a leaf of the Merkle tree, and the leaf's path to
  the root (RFC 9162).
- **The tree:** its root is that of a head you kept; or the tree of the head you kept begins it; or, without
  one, it is signed by a key you trust (``--key``).
- **The end:** where an export reaches the end of its chain as of that head, it says so; with ``--complete``
  every chain of the head must be there, whole.

Changing, removing, adding or reordering anything, also with all hashes made anew, breaks one of these. What
was erased stays verifiable: hashes are over the sealed text.
"""

from treum_audit.reading import Head, Wrong
from treum_audit.tree import is_consistent, root_of_inclusion
from treum_audit.verify import Report, Section, verify

__all__ = ["Head", "Report", "Section", "Wrong", "is_consistent", "root_of_inclusion", "verify"]
