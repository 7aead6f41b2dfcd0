"""The fit: a rising function from score to expected outcome, and the ranks of all ideas by it.

Isotonic regression by pool-adjacent-violators (Ayer et al., *An empirical distribution function for sampling
with incomplete information*, 1955); pools of few ideas are joined with their neighbour, and every mean is
drawn towards the mean of all ideas as if that many more ideas had come to it (:data:`PRIOR`), because the
best of many small groups is mostly luck.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from calibration.past import Past
from signals.strategies.calibration import Calibration, Knot

LEAST: Final = 40
PRIOR: Final = 200


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring ideas by score that were pooled: sums of their scores, outcomes and hits."""

    score: float
    total: float
    hits: int
    count: int

    @property
    def mean(self) -> float:
        """Return the mean outcome in R."""
        return self.total / self.count

    def with_next(self, other: "Block") -> "Block":
        """Return both as one."""
        return Block(
            self.score + other.score,
            self.total + other.total,
            self.hits + other.hits,
            self.count + other.count,
        )


def rising(past: Sequence[Past]) -> list[Block]:
    """Return the blocks of ``past`` whose means rise with the score: pool-adjacent-violators."""
    blocks: list[Block] = []
    for one in sorted(past, key=lambda one: one.score):
        blocks.append(Block(one.score, one.r, int(one.hit), 1))
        while len(blocks) > 1 and blocks[-2].mean >= blocks[-1].mean:
            last = blocks.pop()
            blocks[-1] = blocks[-1].with_next(last)
    return blocks


def joined(blocks: Sequence[Block], believed: Callable[[Block], float], least: int = LEAST) -> list[Block]:
    """Return ``blocks`` with the small ones joined to a neighbour, so that what is ``believed`` rises."""
    found = [*blocks]
    while (at := _to_join(found, believed, least)) is not None:
        found[at : at + 2] = [found[at].with_next(found[at + 1])]
    return found


def _to_join(found: Sequence[Block], believed: Callable[[Block], float], least: int) -> int | None:
    """Return the place of the next block to join with the one after it, None when all is well."""
    for at, (one, other) in enumerate(pairwise(found)):
        if believed(one) >= believed(other):
            return at
    if len(found) == 1 or (small := min(found, key=lambda one: one.count)).count >= least:
        return None
    at = found.index(small)
    if at == len(found) - 1:
        return at - 1
    nearer_before = at > 0 and small.mean - found[at - 1].mean <= found[at + 1].mean - small.mean
    return at - 1 if nearer_before else at


def fitted(past: Sequence[Past], version: str, provenance: Mapping[str, Any]) -> Calibration:
    """Return the calibration that ``past`` gives. Raises ``ValueError`` where there is none."""
    if not past:
        raise ValueError("there are no past ideas to learn from")
    every = Block(0.0, sum(one.r for one in past), sum(one.hit for one in past), len(past))

    def believed(block: Block) -> float:
        return (block.total + PRIOR * every.mean) / (block.count + PRIOR)

    def knot(block: Block) -> Knot:
        hits = (block.hits + PRIOR * every.hits / every.count) / (block.count + PRIOR)
        return Knot(
            round(block.score / block.count, 4), round(believed(block), 4), round(hits, 4), block.count
        )

    names = sorted({one.strategy for one in past})
    blocks = {name: joined(rising([one for one in past if one.strategy == name]), believed) for name in names}
    strategies = {name: tuple(knot(one) for one in of) for name, of in blocks.items()}
    unranked = Calibration(version, provenance, (), strategies)
    return Calibration(version, provenance, _ranks(past, unranked), strategies)


def _ranks(past: Sequence[Past], fit: Calibration) -> Sequence[float]:
    """Return what ``fit`` expects of the ideas at the percentiles 1 to 99."""
    worth = [fit.worth(one.strategy, one.score) for one in past]
    expected = sorted(round(one.expected, 4) for one in worth if one is not None)
    return tuple(expected[min(len(expected) - 1, len(expected) * at // 100)] for at in range(1, 100))
