"""The ports in memory, for tests."""

from analytics.adapters.memory.figures import MemoryFigures
from analytics.adapters.memory.store import MemoryEventStore

__all__ = ["MemoryEventStore", "MemoryFigures"]
