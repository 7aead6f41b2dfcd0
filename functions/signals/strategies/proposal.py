"""From a strategy's reading to an idea: its levels in average ranges, its score, its confidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from signals.model.signal import Side
from signals.strategies.calibration import confidence
from signals.strategies.window import Idea, Window


@dataclass(frozen=True, slots=True)
class Levels:
    """Where an idea gives up and where it is paid; ``targets`` nearest first, in price units."""

    stop: float
    targets: tuple[float, ...]


def by_range(window: Window, atr: float, *, up: bool, stop: float, targets: Sequence[float]) -> Levels:
    """Return levels ``stop`` and ``targets`` average ranges (``atr``) away from the newest close."""
    entry, way = float(window.close[-1]), atr if up else -atr
    return Levels(entry - stop * way, tuple(entry + many * way for many in targets))


def weighed(*evidence: tuple[float, float]) -> float:
    """Return the score 0 to 1 of ``evidence``: pairs of a weight and a strength, cut to 0 to 1.

    Weights add up to 1. They are a judgement about the order of ideas of one strategy, no more: what a
    score was worth is measured by the calibration.
    """
    return sum(weight * min(max(strength, 0.0), 1.0) for weight, strength in evidence)


def propose(
    strategy: str, window: Window, levels: Levels, *, up: bool, score: float, life: int, rationale: str
) -> Idea | None:
    """Return the idea at the newest close; None where a level is no price or on the wrong side of it."""
    entry, way = float(window.close[-1]), 1 if up else -1
    gains = [(target - entry) * way for target in levels.targets]
    if min(levels.stop, *levels.targets) <= 0 or (entry - levels.stop) * way <= 0 or min(gains) <= 0:
        return None
    side: Side = "buy" if up else "sell"
    return Idea(
        side, entry, levels.stop, levels.targets, confidence(strategy, score), life, rationale, score=score
    )
