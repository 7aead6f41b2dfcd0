"""How a calibration does on ideas it has not seen.

The Brier score (Brier 1950) is the mean squared error of a probability of hitting the target: lower is
better, and the one rate of all past ideas for everything is the least that a fit has to be compared with.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from calibration.past import Past
from signals.strategies.calibration import Calibration

BUCKETS: Final = ((1, 25), (26, 50), (51, 75), (76, 100))


@dataclass(frozen=True, slots=True)
class Bucket:
    """The held-out ideas with a confidence from ``least`` to ``most``: how many, mean R, share of hits."""

    least: int
    most: int
    ideas: int
    r: float
    hits: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """Brier scores on ``ideas`` held-out ideas, and what came of each range of confidence.

    ``calibrated`` reads the fit, ``uncalibrated`` takes the raw score for the probability, ``constant`` gives
    every idea the one rate of the first part.
    """

    ideas: int
    calibrated: float
    uncalibrated: float
    constant: float
    buckets: tuple[Bucket, ...]


def reliability(fit: Calibration, first: Sequence[Past], held_out: Sequence[Past]) -> Reliability:
    """Return how ``fit``, learned from ``first``, does on ``held_out``."""
    rate = sum(one.hit for one in first) / len(first)

    def calibrated(one: Past) -> float:
        worth = fit.worth(one.strategy, one.score)
        return rate if worth is None else worth.hits

    return Reliability(
        ideas=len(held_out),
        calibrated=_brier(held_out, calibrated),
        uncalibrated=_brier(held_out, lambda one: one.score),
        constant=_brier(held_out, lambda _: rate),
        buckets=tuple(_bucket(fit, held_out, least, most) for least, most in BUCKETS),
    )


def _brier(past: Sequence[Past], probability: Callable[[Past], float]) -> float:
    return round(sum((probability(one) - one.hit) ** 2 for one in past) / len(past), 4)


def _bucket(fit: Calibration, past: Sequence[Past], least: int, most: int) -> Bucket:
    found = [one for one in past if least <= fit.confidence(one.strategy, one.score) <= most]
    count = max(1, len(found))
    mean, hits = sum(one.r for one in found) / count, sum(one.hit for one in found) / count
    return Bucket(least, most, len(found), round(mean, 3), round(hits, 3))
