"""The ports in PostgreSQL."""

from analytics.adapters.postgres.answers import PostgresAnswers
from analytics.adapters.postgres.projections import PostgresProjections
from analytics.adapters.postgres.store import PostgresEventStore

__all__ = ["PostgresAnswers", "PostgresEventStore", "PostgresProjections"]
