"""The stores in memory: the same ports, for tests and trials."""

from users.adapters.memory.accounts import MemoryAccounts, MemoryAttempts, MemoryChallenges
from users.adapters.memory.addresses import MemoryAddressChanges
from users.adapters.memory.confirmations import MemoryConfirmations
from users.adapters.memory.consents import MemoryConsents
from users.adapters.memory.credentials import MemoryCredentials, MemoryLocks, MemoryResets
from users.adapters.memory.identities import MemoryIdentities, MemorySpentProofs
from users.adapters.memory.mirror import MemoryKeyStore, MemoryMirror
from users.adapters.memory.rows import Memory
from users.adapters.memory.second_factor import MemorySecondFactors
from users.adapters.memory.sessions import MemorySessions
from users.adapters.memory.standing import MemoryStanding

__all__ = [
    "Memory",
    "MemoryAccounts",
    "MemoryAddressChanges",
    "MemoryAttempts",
    "MemoryChallenges",
    "MemoryConfirmations",
    "MemoryConsents",
    "MemoryCredentials",
    "MemoryIdentities",
    "MemoryKeyStore",
    "MemoryLocks",
    "MemoryMirror",
    "MemoryResets",
    "MemorySecondFactors",
    "MemorySessions",
    "MemorySpentProofs",
    "MemoryStanding",
]
