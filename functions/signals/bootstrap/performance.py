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
    """Return the use case. Raises ``ValueError`` where only one of agency and time is set."""
    verification = _verification(settings.load(PerformanceSettings))
    return Performance(PostgresPerformanceBook(stores.database(), FACTS), verification)


def _verification(found: PerformanceSettings) -> Verification:
    """Return who verifies since when: an agency verifies nothing from before it began."""
    by, since = found.performance_verified_by, found.performance_verified_since
    began = datetime.fromisoformat(since) if since else None
    if bool(by) != (began is not None) or (began is not None and began.tzinfo is None):
        raise ValueError("PERFORMANCE_VERIFIED_BY needs PERFORMANCE_VERIFIED_SINCE, a time with its zone")
    return Verification(by, began)
