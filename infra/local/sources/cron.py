"""``rate(...)`` and ``cron(...)`` as EventBridge reads them, in UTC.

Source: Amazon EventBridge User Guide, "Cron expressions" and "Rate expressions": six fields (minutes, hours,
day of month, month, day of week, year), ``?`` in one of the two day fields, ``L``, ``W`` and ``#``.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_FIELDS = 6
_SEARCH_DAYS = 366 * 8  # a leap year may be eight years away
_LAST_YEAR = 2199


class ExpressionError(ValueError):
    """Not a schedule expression."""


class Expression(Protocol):
    """When a schedule fires."""

    def after(self, moment: float) -> float:
        """Return the first time after ``moment`` (Unix seconds); infinity when there is none."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Every ``period_s`` seconds from ``start`` (Unix seconds)."""

    period_s: int
    start: float

    def after(self, moment: float) -> float:
        """Return the next multiple of the period."""
        if moment < self.start:
            return self.start + self.period_s
        return self.start + ((moment - self.start) // self.period_s + 1) * self.period_s


@dataclass(frozen=True, slots=True)
class Cron:
    """The times a cron expression names."""

    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    years: frozenset[int]
    day: Callable[[date], bool]

    def after(self, moment: float) -> float:
        """Return the next minute that matches."""
        start = datetime.fromtimestamp(moment, UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
        today = start.date()
        for offset in range(_SEARCH_DAYS):
            each = today + timedelta(days=offset)
            if each.year > _LAST_YEAR:
                break
            if each.month not in self.months or each.year not in self.years or not self.day(each):
                continue
            for hour in sorted(self.hours):
                for minute in sorted(self.minutes):
                    found = datetime(each.year, each.month, each.day, hour, minute, tzinfo=UTC)
                    if found >= start:
                        return found.timestamp()
        return float("inf")


def parse(expression: str, start: float) -> Expression:
    """Return the schedule; a rate counts from ``start``. Raises :class:`ExpressionError`."""
    rate = re.fullmatch(r"rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)", expression)
    if rate:
        return Rate(max(1, int(rate[1])) * _UNITS[rate[2]], start)
    cron = re.fullmatch(r"cron\((.*)\)", expression)
    fields = cron[1].split() if cron else []
    if len(fields) != _FIELDS:
        raise ExpressionError(f"{expression!r}: neither rate(N minutes) nor cron() with six fields")
    try:
        return _cron(fields)
    except (ValueError, KeyError) as error:
        raise ExpressionError(f"{expression!r}: {error}") from error


def _cron(fields: list[str]) -> Cron:
    minute, hour, day_of_month, month, day_of_week, year = fields
    if (day_of_month == "?") == (day_of_week == "?"):
        raise ValueError("exactly one of day of month and day of week must be ?")
    return Cron(
        minutes=_values(minute, 0, 59),
        hours=_values(hour, 0, 23),
        months=_values(month, 1, 12, _MONTHS),
        years=_values(year, 1970, _LAST_YEAR),
        day=_month_day(day_of_month) if day_of_week == "?" else _week_day(day_of_week),
    )


def _values(field: str, low: int, high: int, names: dict[str, int] | None = None) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, last = low, high
        if span != "*":
            left, _, right = span.partition("-")
            first = _number(left, names)
            last = _number(right, names) if right else (high if step else first)
        if not low <= first <= last <= high:
            raise ValueError(f"{part} is outside {low}-{high}")
        found.update(range(first, last + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, names: dict[str, int] | None) -> int:
    return names[text.upper()] if names and text.upper() in names else int(text)


def _month_day(field: str) -> Callable[[date], bool]:
    if field == "L":
        return lambda day: day.day == _last(day)
    if field == "LW":
        return lambda day: day.day == _nearest_weekday(day, _last(day))
    if field.endswith("W"):
        wanted = int(field[:-1])
        return lambda day: day.day == _nearest_weekday(day, min(wanted, _last(day)))
    days = _values(field, 1, 31)
    return lambda day: day.day in days


def _week_day(field: str) -> Callable[[date], bool]:
    if "#" in field:
        name, _, nth = field.partition("#")
        number, place = _number(name, _DAYS), int(nth)
        return lambda day: _week_number(day) == number and (day.day - 1) // 7 + 1 == place
    if field.endswith("L"):
        number = _number(field[:-1], _DAYS) if field != "L" else _DAYS["SAT"]
        return lambda day: _week_number(day) == number and (field == "L" or day.day + 7 > _last(day))
    days = _values(field, 1, 7, _DAYS)
    return lambda day: _week_number(day) in days


def _week_number(day: date) -> int:
    return day.isoweekday() % 7 + 1


def _last(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _nearest_weekday(month: date, wanted: int) -> int:
    day = month.replace(day=wanted)
    if day.isoweekday() == 6:  # noqa: PLR2004 - Saturday: Friday, or Monday where the month begins
        return wanted - 1 if wanted > 1 else wanted + 2
    if day.isoweekday() == 7:  # noqa: PLR2004 - Sunday: Monday, or Friday where the month ends
        return wanted + 1 if wanted < _last(month) else wanted - 2
    return wanted
