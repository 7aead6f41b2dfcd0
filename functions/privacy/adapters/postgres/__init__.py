"""PostgreSQL behind the ports."""

from privacy.adapters.postgres.erasures import PostgresErasures
from privacy.adapters.postgres.exports import PostgresExports
from privacy.adapters.postgres.holds import PostgresEngagements, PostgresHolds

__all__ = ["PostgresEngagements", "PostgresErasures", "PostgresExports", "PostgresHolds"]
