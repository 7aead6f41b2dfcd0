"""What is kept beside the chains: verifications, archived segments, erasures."""

from typing import Any, Protocol

from audit.model.entry import Chain
from audit.model.upkeep import Segment, Verification
from kit.events import Event


class Verifications(Protocol):
    """What each verification found."""

    def add(self, found: Verification) -> None:
        """Keep one."""

    def newest(self) -> Verification | None:
        """Return the last one."""

    def newest_difference(self) -> Verification | None:
        """Return the last one that found a difference."""


class Segments(Protocol):
    """Which spans lie in the archive."""

    def archived(self, chain: Chain) -> int:
        """Return the last index that lies there, 0 when nothing does."""

    def add(self, segment: Segment) -> None:
        """Keep one; the first of a span stands."""

    def page(self, chain: Chain, after: int, limit: int) -> list[Segment]:
        """Return those that begin past ``after``, in order."""


class Archive(Protocol):
    """The locked store of segments."""

    def keep(self, name: str, document: bytes) -> str:
        """Write ``document``, locked; return its address. Raises ``Retryable``."""

    def link(self, name: str) -> str:
        """Return an address that opens it for a short while."""


class Erasures(Protocol):
    """Destroying keys."""

    def destroy(self, subject: str, deed: Event[Any]) -> bool:
        """Destroy the subject's data key and tell ``deed``, both or neither; False when it was gone."""
