"""Checkpoints, anchors and keys in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from threading import Lock

from audit.model.checkpoint import Checkpoint, PublicKey
from audit.model.entry import Chain
from audit.model.merkle import Node
from audit.ports import EventLog
from audit.ports.tree import Grow


class MemoryTree:
    """See :class:`audit.ports.CheckpointTree`; the heads are those of ``log``."""

    def __init__(self, log: EventLog) -> None:
        self.checkpoints: dict[int, Checkpoint] = {}
        self.kept: dict[Node, bytes] = {}
        self._log = log
        self._anchors: dict[int, str] = {}
        self._lock = Lock()

    def grow(self, make: Grow) -> Checkpoint | None:
        """Grow alone."""
        with self._lock:
            last = self.checkpoints[max(self.checkpoints)] if self.checkpoints else None
            growth = make(last, self._log.heads())
            if growth is None:
                return None
            self.checkpoints[growth.checkpoint.number] = growth.checkpoint
            self.kept |= growth.nodes
            return growth.checkpoint

    def unanchored(self) -> list[Checkpoint]:
        """Return what waits."""
        return [one for number, one in sorted(self.checkpoints.items()) if number not in self._anchors]

    def anchor(self, number: int, address: str, at: datetime) -> None:
        """Keep the first."""
        del at
        self._anchors.setdefault(number, address)

    def newest(self) -> Checkpoint | None:
        """Return the newest."""
        return next(iter(self.page(None, 1)), None)

    def at(self, number: int) -> Checkpoint | None:
        """Return one."""
        return self.checkpoints.get(number) if number in self._anchors else None

    def page(self, before: int | None, limit: int) -> list[Checkpoint]:
        """Return them downwards."""
        numbers = sorted(self._anchors, reverse=True)
        return [self.checkpoints[one] for one in numbers if before is None or one < before][:limit]

    def covering(self, chain: Chain, index: int) -> int | None:
        """Look through all."""
        return next(
            (number for number in sorted(self._anchors) if self.checkpoints[number].first_mark(chain, index)),
            None,
        )

    def nodes(self, wanted: Sequence[Node]) -> Mapping[Node, bytes]:
        """Look them up."""
        return {one: self.kept[one] for one in wanted if one in self.kept}

    def address(self, number: int) -> str | None:
        """Look it up."""
        return self._anchors.get(number)


class MemoryAnchors:
    """See :class:`audit.ports.Anchors` and :class:`audit.ports.Archive`."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}

    def keep(self, name: str, document: bytes, at: datetime | None = None) -> str:
        """Keep it; another one under the same name would be another version."""
        del at
        self.documents[name] = document
        return f"memory://{name}"

    def read(self, name: str) -> bytes | None:
        """Look it up."""
        return self.documents.get(name)

    def link(self, name: str) -> str:
        """Name it."""
        return f"memory://{name}"


class MemoryKeys:
    """See :class:`audit.ports.Keys`."""

    def __init__(self) -> None:
        self._kept: dict[str, PublicKey] = {}

    def all(self) -> list[PublicKey]:
        """Return them."""
        return sorted(self._kept.values(), key=lambda one: (one.valid_from, one.key_id))

    def add(self, key: PublicKey) -> None:
        """Keep the first."""
        self._kept.setdefault(key.key_id, key)
