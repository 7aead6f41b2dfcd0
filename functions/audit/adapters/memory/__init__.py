"""The stores in memory: the same answers, for tests."""

from audit.adapters.memory.log import MemoryLog
from audit.adapters.memory.tree import MemoryAnchors, MemoryKeys, MemoryTree
from audit.adapters.memory.upkeep import MemoryErasures, MemorySecret, MemorySegments, MemoryVerifications

__all__ = [
    "MemoryAnchors",
    "MemoryErasures",
    "MemoryKeys",
    "MemoryLog",
    "MemorySecret",
    "MemorySegments",
    "MemoryTree",
    "MemoryVerifications",
]
