"""The stores on PostgreSQL: the only SQL of this domain."""

from audit.adapters.postgres.log import PostgresLog
from audit.adapters.postgres.tree import PostgresKeys, PostgresTree
from audit.adapters.postgres.upkeep import PostgresErasures, PostgresSegments, PostgresVerifications

__all__ = [
    "PostgresErasures",
    "PostgresKeys",
    "PostgresLog",
    "PostgresSegments",
    "PostgresTree",
    "PostgresVerifications",
]
