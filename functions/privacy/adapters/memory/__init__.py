"""The ports in memory, for tests: the same answers as PostgreSQL's."""

from privacy.adapters.memory.books import MemoryEngagements, MemoryErasures, MemoryExports, MemoryHolds
from privacy.adapters.memory.outside import MemoryArchives, MemoryKeys

__all__ = [
    "MemoryArchives",
    "MemoryEngagements",
    "MemoryErasures",
    "MemoryExports",
    "MemoryHolds",
    "MemoryKeys",
]
