"""Everything that holds credentials, in memory or on PostgreSQL."""

from collections.abc import Callable
from dataclasses import dataclass

from builders.people import a_user, opened, written
from kit.identity import Role
from kit.outbox import Outbox
from kit.stores.postgres import Database
from users.adapters.memory import (
    Memory,
    MemoryAccounts,
    MemoryAddressChanges,
    MemoryAttempts,
    MemoryConfirmations,
    MemoryCredentials,
    MemoryLocks,
    MemoryResets,
    MemorySessions,
    MemoryStanding,
)
from users.adapters.postgres import (
    PostgresAccounts,
    PostgresAddressChanges,
    PostgresAttempts,
    PostgresConfirmations,
    PostgresCredentials,
    PostgresLocks,
    PostgresResets,
    PostgresSessions,
    PostgresStanding,
)
from users.model import User
from users.ports import (
    Accounts,
    AddressChanges,
    Confirmations,
    Credentials,
    Locks,
    PasswordResets,
    Sessions,
    SignInAttempts,
    Standing,
)


@dataclass
class Stores:
    """What signs in, changes and locks; ``person`` makes somebody with roles, ``told`` are events' types and versions."""

    accounts: Accounts
    attempts: SignInAttempts
    confirmations: Confirmations
    changes: AddressChanges
    credentials: Credentials
    locks: Locks
    resets: PasswordResets
    sessions: Sessions
    standing: Standing
    person: Callable[..., User]
    told: Callable[[], list[tuple[str, int]]]


def in_memory() -> Stores:
    """Return them in memory."""
    memory = Memory()

    def stranger(*roles: Role) -> User:
        user = a_user(roles=roles)
        memory.users[user.id] = user
        return user

    return Stores(
        MemoryAccounts(memory),
        MemoryAttempts(memory),
        MemoryConfirmations(memory),
        MemoryAddressChanges(memory),
        MemoryCredentials(memory),
        MemoryLocks(memory),
        MemoryResets(memory),
        MemorySessions(memory),
        MemoryStanding(memory),
        stranger,
        lambda: [(one.type, one.version) for one in memory.events],
    )


def in_postgres(db: Database) -> Stores:
    """Return them over ``db``."""
    outbox = Outbox(db, None)
    return Stores(
        PostgresAccounts(db, outbox),
        PostgresAttempts(db),
        PostgresConfirmations(db),
        PostgresAddressChanges(db, outbox),
        PostgresCredentials(db, outbox),
        PostgresLocks(db, outbox),
        PostgresResets(db),
        PostgresSessions(db, outbox),
        PostgresStanding(db, outbox),
        lambda *roles: opened(db, a_user(roles=roles)),
        lambda: written(db),
    )
