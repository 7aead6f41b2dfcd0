"""How a ratio is measured: both sides in turn, A B A B, median of at least nine rounds.

The machine's speed drifts; two sides measured in the same minute drift together, so the ratio holds.
"""

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

ROUNDS = 9


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the report.

    ``ours`` and ``peer`` are medians in ``unit``. ``floor`` is the cheapest thing possible in the same unit
    (an empty handler, a bare decode), or None. ``ratio`` is ours over peer (or over the floor when the goal
    says so). ``goal`` reads ``<= 2.5`` or ``>= 20``.
    """

    name: str
    ours: float
    unit: str
    peer: float
    peer_name: str
    floor: float | None
    ratio: float
    goal: str
    met: bool

    def as_json(self) -> dict[str, Any]:
        """Return the plain object that ``benchmarks/results.schema.json`` describes."""
        return asdict(self)


def result(  # noqa: PLR0917 - the columns of the report
    name: str, ours: float, unit: str, peer: float, peer_name: str, goal: str, *, floor: float | None = None
) -> Result:
    """Return a result whose ratio is ``ours / peer``, held against ``goal`` (``<= x`` or ``>= x``)."""
    sign, bound = goal.split()
    ratio = ours / peer
    met = ratio <= float(bound) if sign == "<=" else ratio >= float(bound)
    return Result(name, ours, unit, peer, peer_name, floor, round(ratio, 3), goal, met)


def cpu_seconds(children: bool = False) -> float:  # noqa: FBT001, FBT002 - a switch of one measuring function
    """Return user plus system CPU seconds of this process, or of its ended children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def alternate(*sides: Callable[[], float], rounds: int = ROUNDS) -> list[float]:
    """Run each of ``sides`` once a round in turn, and return the median of what each returned."""
    seen: list[list[float]] = [[] for _ in sides]
    for side in sides:
        side()  # warm-up, not counted
    for _ in range(rounds):
        for values, side in zip(seen, sides, strict=True):
            values.append(side())
    return [statistics.median(values) for values in seen]


def per_call(call: Callable[[], object], calls: int = 1000) -> Callable[[], float]:
    """Return a side for :func:`alternate`: CPU microseconds a call, over ``calls`` calls."""

    def side() -> float:
        began = time.process_time()
        for _ in range(calls):
            call()
        return (time.process_time() - began) / calls * 1e6

    return side
