"""The ports on PostgreSQL."""

from partners.adapters.postgres.applications import PostgresApplications, PostgresOwners
from partners.adapters.postgres.endpoints import PostgresEndpoints
from partners.adapters.postgres.keys import PostgresKeys, PostgresMirrorSource
from partners.adapters.postgres.log import PostgresLog
from partners.adapters.postgres.sending import PostgresOutgoing, PostgresQueue
from partners.adapters.postgres.usage import PostgresUsageBook

__all__ = [
    "PostgresApplications",
    "PostgresEndpoints",
    "PostgresKeys",
    "PostgresLog",
    "PostgresMirrorSource",
    "PostgresOutgoing",
    "PostgresOwners",
    "PostgresQueue",
    "PostgresUsageBook",
]
