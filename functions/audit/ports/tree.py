"""The tree of checkpoints, where its heads are anchored, and the keys that sign them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from audit.model.checkpoint import Checkpoint, PublicKey, TreeHead
from audit.model.entry import Chain, Head
from audit.model.merkle import Node


@dataclass(frozen=True, slots=True)
class Growth:
    """A new checkpoint, and the nodes the tree gains by its leaf."""

    checkpoint: Checkpoint
    nodes: Mapping[Node, bytes]


Grow = Callable[[Checkpoint | None, Sequence[Head]], Growth | None]
"""Makes the next checkpoint from the last one and the chains' ends; None when nothing is to be kept."""


class CheckpointTree(Protocol):
    """The checkpoints. One that is not anchored yet is known to nobody who reads."""

    def grow(self, make: Grow) -> Checkpoint | None:
        """Let ``make`` decide while nobody else does, keep what it returns, and return it."""

    def unanchored(self) -> list[Checkpoint]:
        """Return the checkpoints without an anchor, oldest first, at most a hundred."""

    def anchor(self, number: int, address: str, at: datetime) -> None:
        """Keep where the head lies: from now on the checkpoint counts. The first address stands."""

    def newest(self) -> Checkpoint | None:
        """Return the newest checkpoint that counts."""

    def at(self, number: int) -> Checkpoint | None:
        """Return a checkpoint that counts by its number, the size of its tree."""

    def page(self, before: int | None, limit: int) -> list[Checkpoint]:
        """Return checkpoints that count, the newest first, below ``before``."""

    def covering(self, chain: Chain, index: int) -> int | None:
        """Return the number of the first checkpoint that counts and covers the entry."""

    def nodes(self, wanted: Sequence[Node]) -> Mapping[Node, bytes]:
        """Return those of the nodes that exist."""

    def address(self, number: int) -> str | None:
        """Return where the head lies."""


class Anchors(Protocol):
    """A store where nothing can be changed or removed for years, not even by us."""

    def keep(self, name: str, document: bytes, at: datetime) -> str:
        """Write ``document`` under ``name``, locked; return its address. Raises ``Retryable``."""

    def read(self, name: str) -> bytes | None:
        """Return what lies under ``name``, or None. Raises ``Retryable``."""


class Keys(Protocol):
    """The public keys, all that ever signed."""

    def all(self) -> list[PublicKey]:
        """Return them, the oldest first."""

    def add(self, key: PublicKey) -> None:
        """Add one; the same again changes nothing."""


class Signer(Protocol):
    """Signs and verifies heads."""

    def sign(self, head: TreeHead) -> tuple[str, bytes]:
        """Return the id of the signing key and the signature. Raises ``Retryable`` without a key."""

    def verify(self, key: PublicKey, head: TreeHead, signature: bytes) -> bool:
        """Whether ``signature`` is that of ``head`` under ``key``."""


class SigningKeys(Protocol):
    """The private keys, in a vault of secrets."""

    def current(self) -> PublicKey | None:
        """Return the public part of the key that signs now, None while there is none."""

    def make(self, at: datetime) -> tuple[PublicKey, str]:
        """Return a new key: its public part and the private one as PEM, kept nowhere yet."""

    def take_up(self, key: PublicKey, pem: str) -> None:
        """Sign with this key from now on."""
