"""What ``make scale`` measured as the table of ``docs/scale.md``, with the day's cost on Lambda."""

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.scale_market import NAMES
from kit import clock
from signals.strategies import ALL

if TYPE_CHECKING:
    from benchmarks.scale import Minute

PAGE: Final = Path(__file__).parents[1] / "docs" / "scale.md"
BEGIN, END = "<!-- made by make scale: do not edit -->", "<!-- end of what make scale made -->"
# Lambda, ap-south-1, x86, first tier: https://aws.amazon.com/lambda/pricing/, 2026-11
PER_GB_SECOND: Final = 0.0000166667
PER_REQUEST: Final = 0.20 / 1_000_000
MEMORY_GB: Final = 1.0
# A function has one vCPU at 1,769 MB and a share of it below: AWS Lambda Developer Guide, "Configure memory"
VCPU: Final = 1024 / 1769
TRADING_DAYS: Final = 21
POLLERS: Final = 4
GOAL_S: Final = 5.0


def write(played: "Sequence[Minute]", kinds: Mapping[int, int]) -> str:
    """Put the table into the page; return its summary."""
    lines, summary = _table(played, kinds)
    page = PAGE.read_text()
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text("\n".join([f"{head}{BEGIN}", "", *lines, "", f"{END}{tail}"]))
    return summary


def _table(played: "Sequence[Minute]", kinds: Mapping[int, int]) -> tuple[list[str], str]:
    lines = [
        "| timeframes that end | minutes a day | candles | function-seconds | longest batch | 4 pollers |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    day = slowest = 0.0
    for ended, minutes in kinds.items():
        of_kind = [one for one in played if one.ended == ended]
        seconds = statistics.fmean(sum(one.batches) for one in of_kind)
        longest = max(max(one.batches) for one in of_kind)
        behind = max(sum(one.batches) for one in of_kind) / POLLERS
        slowest = max(slowest, behind)
        day += minutes * seconds
        lines.append(
            f"| {ended} | {minutes} | {ended * len(NAMES)} | {seconds:.2f} | {longest:.2f} s "
            f"| {behind:.2f} s |"
        )
    return [*lines, "", *_sums(played, kinds, day, slowest)], _summary(day, slowest)


def _sums(played: "Sequence[Minute]", kinds: Mapping[int, int], day: float, slowest: float) -> list[str]:
    candles = sum(ended * minutes for ended, minutes in kinds.items()) * len(NAMES)
    requests = sum(kinds.values()) * len(played[0].batches)
    measured, capped = _cost(day, requests), _cost(day / VCPU, requests)
    kept = "under" if slowest / VCPU < GOAL_S else "OVER"
    return [
        (
            f"- {candles:,} candle closes a day ({len(NAMES)} names), {len(ALL)} strategies on each: "
            f"{day:,.0f} function-seconds, {day / candles * 1000:.2f} ms a close."
        ),
        (
            f"- Lambda at {MEMORY_GB:g} GB: {requests:,} requests and {day * MEMORY_GB:,.0f} GB-seconds, "
            f"${measured:.4f} a day; with the {VCPU:.2f} vCPU that so much memory gets, all of it computing, "
            f"${capped:.4f} a day, ${capped * TRADING_DAYS:.2f} a month of {TRADING_DAYS} trading days."
        ),
        (
            f"- The worst minute is done {slowest:.2f} s after its candles came with {POLLERS} pollers here, "
            f"{slowest / VCPU:.2f} s at {VCPU:.2f} vCPU: {kept} the goal of {GOAL_S:g} s."
        ),
        (
            f"- {sum(one.drafted for one in played)} drafts in {len(played)} minutes played. Measured "
            f"{clock.now():%Y-%m-%d} on {os.cpu_count()} cores shared with others, Python "
            f"{platform.python_version()}, PostgreSQL on the same machine."
        ),
    ]


def _cost(seconds: float, requests: int) -> float:
    return seconds * MEMORY_GB * PER_GB_SECOND + requests * PER_REQUEST


def _summary(day: float, slowest: float) -> str:
    return f"scale: {day:,.0f} function-seconds a day, worst minute {slowest:.2f} s; written to {PAGE.name}"
