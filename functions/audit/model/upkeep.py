"""What a verification found, and which spans of the chains lie in the archive."""

from dataclasses import dataclass
from datetime import datetime

from audit.model.entry import Chain


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it was stored or signed, and where: an entry of a chain, or a checkpoint."""

    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk goes on: past the entry ``after`` of ``chain``."""

    chain: Chain
    after: int


@dataclass(frozen=True, slots=True)
class Walk:
    """How many entries were checked, what differed, and where to go on; None after the last chain."""

    checked: int
    differences: tuple[Difference, ...]
    next: Place | None


@dataclass(frozen=True, slots=True)
class Verification:
    """One run: entries ``checked``, the newest checkpoint ``number``, where the next run goes on."""

    began_at: datetime
    ended_at: datetime
    checked: int
    number: int | None
    next: Place | None
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A span of a chain in the archive: an export under ``key``, proved in the tree of ``number``."""

    chain: Chain
    first: int
    last: int
    number: int
    key: str
    sha256: bytes
    size: int
    archived_at: datetime
