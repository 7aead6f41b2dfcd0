"""The stores on PostgreSQL: the only SQL of this domain."""

from users.adapters.postgres.accounts import PostgresAccounts
from users.adapters.postgres.addresses import PostgresAddressChanges
from users.adapters.postgres.attempts import PostgresAttempts
from users.adapters.postgres.challenges import PostgresChallenges
from users.adapters.postgres.confirmations import PostgresConfirmations
from users.adapters.postgres.consents import PostgresConsents
from users.adapters.postgres.credentials import PostgresCredentials
from users.adapters.postgres.identities import PostgresIdentities, PostgresSpentProofs
from users.adapters.postgres.locks import PostgresLocks
from users.adapters.postgres.resets import PostgresResets
from users.adapters.postgres.retention import PostgresRetention
from users.adapters.postgres.second_factor import PostgresSecondFactors
from users.adapters.postgres.sessions import PostgresSessions
from users.adapters.postgres.standing import PostgresStanding

__all__ = [
    "PostgresAccounts",
    "PostgresAddressChanges",
    "PostgresAttempts",
    "PostgresChallenges",
    "PostgresConfirmations",
    "PostgresConsents",
    "PostgresCredentials",
    "PostgresIdentities",
    "PostgresLocks",
    "PostgresResets",
    "PostgresRetention",
    "PostgresSecondFactors",
    "PostgresSessions",
    "PostgresSpentProofs",
    "PostgresStanding",
]
