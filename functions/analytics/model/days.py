"""Days and months as the company's books have them: those of India."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

INDIA: Final = ZoneInfo("Asia/Kolkata")


def day_of(at: datetime) -> date:
    """Return the day in India on which ``at`` lies."""
    return at.astimezone(INDIA).date()


def month_of(day: date) -> date:
    """Return the first day of its month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months(first: date, last: date) -> Iterator[date]:
    """Yield the first day of each month from that of ``first`` to that of ``last``."""
    month = month_of(first)
    while month <= last:
        yield month
        month = next_month(month)


def name_of(month: date) -> str:
    """Return ``2026-11``."""
    return month.isoformat()[:7]
