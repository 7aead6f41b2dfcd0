"""Every port in memory, over one :class:`World`: for tests and trials, held to the suite of the real ones."""

from partners.adapters.memory.applications import MemoryApplications, MemoryOwners
from partners.adapters.memory.endpoints import MemoryEndpoints
from partners.adapters.memory.keys import MemoryKeys, MemoryMirrorSource
from partners.adapters.memory.log import MemoryLog
from partners.adapters.memory.mirror import MemoryKeyMirror
from partners.adapters.memory.sending import MemoryOutgoing, MemoryQueue
from partners.adapters.memory.usage import MemoryCounters, MemoryUsageBook
from partners.adapters.memory.world import World

__all__ = [
    "MemoryApplications",
    "MemoryCounters",
    "MemoryEndpoints",
    "MemoryKeyMirror",
    "MemoryKeys",
    "MemoryLog",
    "MemoryMirrorSource",
    "MemoryOutgoing",
    "MemoryOwners",
    "MemoryQueue",
    "MemoryUsageBook",
    "World",
]
