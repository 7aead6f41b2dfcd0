"""Every port in memory, for tests and trials: the same contract as the real stores, gone with the process."""

from signals.adapters.memory.market import (
    MemoryCandleStore,
    MemoryMarketData,
    MemoryQuoteBoard,
    MemoryTapePositions,
)
from signals.adapters.memory.outside import MemoryAnnouncer, MemoryVault, MemoryWorkflow
from signals.adapters.memory.quality import MemoryQualityLedger
from signals.adapters.memory.revisions import MemoryRevisionBook, MemorySigners
from signals.adapters.memory.signals import MemoryCommitmentLog, MemorySignalBook
from signals.adapters.memory.track import MemoryTrackRecord

__all__ = [
    "MemoryAnnouncer",
    "MemoryCandleStore",
    "MemoryCommitmentLog",
    "MemoryMarketData",
    "MemoryQualityLedger",
    "MemoryQuoteBoard",
    "MemoryRevisionBook",
    "MemorySignalBook",
    "MemorySigners",
    "MemoryTapePositions",
    "MemoryTrackRecord",
    "MemoryVault",
    "MemoryWorkflow",
]
