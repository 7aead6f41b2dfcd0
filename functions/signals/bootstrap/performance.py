"""The figures of performance: their consumer, their rebuilding, their reading."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from kit import settings
from signals.adapters.postgres.performance import PostgresPerformanceBook
from signals.bootstrap import stores
from signals.service.performance import FACTS, Performance, Verification


@dataclass(frozen=True, slots=True)
class PerformanceSettings:
    """``performance_verified_by`` names the agency that verifies, ``…_since`` (RFC 3339) from when on.

    Both empty: nobody does, and only staff see figures.
    """

    performance_verified_by: str = ""
    performance_verified_since: str = ""


@cache
def performance() -> Performance:
    """Return the use case. Raises ``ValueError`` for an agency without a time: it verifies nothing before."""
    found = settings.load(PerformanceSettings)
    since = found.performance_verified_since
    if bool(found.performance_verified_by) != bool(since):
        raise ValueError(
            "PERFORMANCE_VERIFIED_BY and PERFORMANCE_VERIFIED_SINCE are set together or not at all"
        )
    verification = Verification(
        found.performance_verified_by, datetime.fromisoformat(since) if since else None
    )
    return Performance(PostgresPerformanceBook(stores.database(), FACTS), verification)
