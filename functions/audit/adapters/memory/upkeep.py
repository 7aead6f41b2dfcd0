"""Verifications, segments, erasures and signing keys in memory."""

from typing import Any

from audit.model.entry import Chain
from audit.model.upkeep import Segment, Verification
from kit.events import Event
from kit.stores.memory_vault import MemoryVault


class MemoryVerifications:
    """See :class:`audit.ports.Verifications`."""

    def __init__(self) -> None:
        self._kept: list[Verification] = []

    def add(self, found: Verification) -> None:
        """Append."""
        self._kept.append(found)

    def newest(self) -> Verification | None:
        """Return the last."""
        return self._kept[-1] if self._kept else None

    def newest_difference(self) -> Verification | None:
        """Return the last that found one."""
        return next((one for one in reversed(self._kept) if one.differences), None)


class MemorySegments:
    """See :class:`audit.ports.Segments`."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Chain, int], Segment] = {}

    def archived(self, chain: Chain) -> int:
        """Return the end."""
        return max((one.last for one in self._kept.values() if one.chain == chain), default=0)

    def add(self, segment: Segment) -> None:
        """Keep the first."""
        self._kept.setdefault((segment.chain, segment.first), segment)

    def page(self, chain: Chain, after: int, limit: int) -> list[Segment]:
        """Filter and sort."""
        found = [one for one in self._kept.values() if one.chain == chain and one.first > after]
        return sorted(found, key=lambda one: one.first)[:limit]


class MemoryErasures:
    """See :class:`audit.ports.Erasures`; ``events`` is what the outbox would hold."""

    def __init__(self, vault: MemoryVault) -> None:
        self.events: list[Event[Any]] = []
        self._vault = vault

    def destroy(self, subject: str, deed: Event[Any]) -> bool:
        """Destroy and tell."""
        destroyed = self._vault.destroy(subject)
        if destroyed:
            self.events.append(deed)
        return destroyed


class MemorySecret:
    """A secret of Secrets Manager: what the keys' adapter reads and writes."""

    def __init__(self) -> None:
        self.value: dict[str, str] = {}

    def read(self) -> dict[str, str]:
        """Return it, empty when there is none."""
        return self.value

    def write(self, value: dict[str, str]) -> None:
        """Replace it."""
        self.value = value
