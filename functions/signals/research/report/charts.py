"""The charts of a finding: equity, drawdown, and what the trades came to in R."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from signals.research.finding import Finding
from signals.research.report.shapes import (
    BLUE,
    BLUSH,
    FAINT,
    GREEN,
    GRID,
    PALE,
    RED,
    Area,
    Drawing,
    Line,
    Words,
)

WIDE: Final = 760.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 8.0, 10.0, 22.0
BUCKET: Final = 0.5
MOST_LABELS: Final = 10
PER_CENT: Final = 0.01


@dataclass(frozen=True, slots=True)
class _Frame:
    """Places values of a chart: days along, values up."""

    height: float
    first: date
    last: date
    low: float
    high: float

    def x(self, day: date) -> float:
        span = max(1, (self.last - self.first).days)
        return LEFT + (WIDE - LEFT - RIGHT) * (day - self.first).days / span

    def y(self, value: float) -> float:
        span = self.high - self.low or 1.0
        return TOP + (self.height - TOP - BOTTOM) * (self.high - value) / span


def equity(finding: Finding) -> Drawing:
    """Draw the account's value; dashed where a fold of the walk-forward begins."""
    start = finding.study.account.cash
    values = [start, *finding.equity]
    ticks = _ticks(min(values), max(values))
    frame = _Frame(230.0, finding.days[0], finding.days[-1], ticks[0], ticks[-1])
    drawing = Drawing(WIDE, frame.height, f"Equity in {finding.currency}")
    _axes(drawing, frame, ticks, short)
    points = [(frame.x(day), frame.y(value)) for day, value in zip(finding.days, finding.equity, strict=True)]
    floor = frame.y(ticks[0])
    drawing.shapes.append(Area([(points[0][0], floor), *points, (points[-1][0], floor)], PALE))
    drawing.shapes.append(
        Line([(LEFT, frame.y(start)), (WIDE - RIGHT, frame.y(start))], FAINT, 0.8, dashed=True)
    )
    for choice in finding.choices[1:]:
        x = frame.x(choice.fold.test_from.date())
        drawing.shapes.append(Line([(x, TOP), (x, frame.height - BOTTOM)], FAINT, 0.6, dashed=True))
    drawing.shapes.append(Line(points, BLUE, 1.6))
    return drawing


def underwater(finding: Finding) -> Drawing:
    """Draw how far the account lay below its highest value."""
    ticks = _ticks(min([*finding.underwater, -0.01]), 0.0)
    frame = _Frame(130.0, finding.days[0], finding.days[-1], ticks[0], 0.0)
    drawing = Drawing(WIDE, frame.height, "Drawdown, in per cent of the highest value before")
    digits = 0 if ticks[1] - ticks[0] >= PER_CENT else 1
    _axes(drawing, frame, ticks, lambda value: f"{value:.{digits}%}")
    points = [
        (frame.x(day), frame.y(value)) for day, value in zip(finding.days, finding.underwater, strict=True)
    ]
    drawing.shapes.append(Area([(points[0][0], frame.y(0)), *points, (points[-1][0], frame.y(0))], BLUSH))
    drawing.shapes.append(Line(points, RED, 1.2))
    return drawing


def results(finding: Finding) -> Drawing:
    """Draw how many trades ended at which multiple of their risk."""
    counts: dict[int, int] = {}
    for one in finding.trades:
        bucket = math.floor(max(-4.0, min(one.r, 7.9)) / BUCKET)
        counts[bucket] = counts.get(bucket, 0) + 1
    drawing = Drawing(WIDE, 130.0, "Trades by what they came to, in multiples of their risk")
    buckets = [*range(min([*counts, -3]), max([*counts, 2]) + 1)]
    step, floor = (WIDE - LEFT - RIGHT) / len(buckets), drawing.height - BOTTOM
    most = max(counts.values(), default=1)
    for place, bucket in enumerate(buckets):
        x, height = LEFT + place * step, (floor - TOP - 12) * counts.get(bucket, 0) / most
        box = [(x + 2, floor), (x + 2, floor - height), (x + step - 2, floor - height), (x + step - 2, floor)]
        if counts.get(bucket):
            drawing.shapes.append(Area(box, GREEN if bucket >= 0 else RED))
            label = str(counts[bucket])
            drawing.shapes.append(Words((x + step / 2, floor - height - 3), label, "middle"))
        drawing.shapes.append(Words((x, floor + 12), f"{bucket * BUCKET:+g}" if bucket else "0", "middle"))
    drawing.shapes.append(Line([(LEFT, floor), (WIDE - RIGHT, floor)], FAINT, 0.8))
    drawing.shapes.append(Words((LEFT - 18, TOP + 6), "trades", "end"))
    drawing.shapes.append(Words((LEFT - 18, floor + 12), "R", "end"))
    return drawing


def short(value: float) -> str:
    """Return ``value`` as an axis says it: 1.25M, 980k, 12."""
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.4g}{unit}"
    return f"{value:.4g}"


def _axes(drawing: Drawing, frame: _Frame, ticks: Sequence[float], label: Callable[[float], str]) -> None:
    for tick in ticks:
        y = frame.y(tick)
        drawing.shapes.append(Line([(LEFT, y), (WIDE - RIGHT, y)], GRID, 0.8))
        drawing.shapes.append(Words((LEFT - 6, y + 3), label(tick), "end"))
    for day, text in _dates(frame.first, frame.last):
        x = frame.x(day)
        drawing.shapes.append(Line([(x, frame.height - BOTTOM), (x, frame.height - BOTTOM + 4)], FAINT, 0.8))
        drawing.shapes.append(Words((x, frame.height - 6), text, "middle"))


def _dates(first: date, last: date) -> list[tuple[date, str]]:
    """Return at most ten beginnings of years, or of months where there are few years."""
    years = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    if len(years) > 2:  # noqa: PLR2004 - two labels are no axis
        step = -(-len(years) // MOST_LABELS)
        return [(day, str(day.year)) for day in years[::step]]
    months = [date(y, m, 1) for y in range(first.year, last.year + 1) for m in range(1, 13)]
    months = [day for day in months if first <= day <= last]
    step = max(1, -(-len(months) // MOST_LABELS))
    return [(day, f"{day:%b %Y}") for day in months[::step]]


def _ticks(low: float, high: float) -> list[float]:
    """Return round values, four or five steps, that enclose ``low`` and ``high``."""
    span = (high - low) or abs(high) or 1.0
    rough = span / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(many * size for many in (1, 2, 2.5, 5, 10) if many * size >= rough)
    return [at * step for at in range(math.floor(low / step), math.ceil(high / step) + 1)]
