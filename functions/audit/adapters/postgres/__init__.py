"""The stores on PostgreSQL: the only SQL of this domain."""

from audit.adapters.postgres.log import PostgresLog

__all__ = ["PostgresLog"]
