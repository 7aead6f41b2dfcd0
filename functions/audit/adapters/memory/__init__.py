"""The stores in memory: the same answers, for tests."""

from audit.adapters.memory.log import MemoryLog

__all__ = ["MemoryLog"]
