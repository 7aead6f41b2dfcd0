"""Parameters and their search: a bounded grid, every trial of it counted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import product
from typing import Any, Final, TypeVar

from signals.errors import BadGrid
from signals.research.deciding import Decided
from signals.strategies import Idea, Strategy

Params = Mapping[str, float]
T = TypeVar("T")
MOST_TRIALS: Final = 64
EXITS: Final = ("stop", "targets", "life", "confidence")
"""Parameters every strategy has: factors of the stop's and targets' distance and of the life, and the least
confidence. Any other name is a field of the strategy itself."""


@dataclass(frozen=True, slots=True)
class Exits:
    """How an idea is varied after the strategy had it; the defaults change nothing."""

    stop: float = 1.0
    targets: float = 1.0
    life: float = 1.0
    confidence: float = 0.0

    def vary(self, idea: Idea) -> Idea | None:
        """Return ``idea`` so varied; None when it is not confident enough or a price would not be one."""
        if idea.confidence < self.confidence:
            return None
        if self == Exits():
            return idea
        stop = idea.entry + (idea.stop - idea.entry) * self.stop
        targets = tuple(idea.entry + (one - idea.entry) * self.targets for one in idea.targets)
        if min(stop, *targets) <= 0:
            return None
        return replace(idea, stop=stop, targets=targets, life=max(1, round(idea.life * self.life)))


def grid(space: Mapping[str, Sequence[float]], most: int = MOST_TRIALS) -> list[dict[str, float]]:
    """Return every combination of ``space``, in order; one empty one without. Raises :class:`BadGrid`."""
    count = 1
    for values in space.values():
        count *= len(set(values))
    if not 0 < count <= most:
        raise BadGrid(f"the grid has {count} combinations; between 1 and {most} can be tried")
    names = [*space]
    return [
        dict(zip(names, one, strict=True)) for one in product(*(dict.fromkeys(v) for v in space.values()))
    ]


def tuned(strategy: Strategy, params: Params) -> tuple[Strategy, Exits]:
    """Return the strategy with its own fields set, and how its ideas are varied. Raises :class:`BadGrid`."""
    exits = {name: value for name, value in params.items() if name in EXITS}
    own = {name: value for name, value in params.items() if name not in EXITS}
    varied = Exits(**exits)
    if min(varied.stop, varied.targets, varied.life) <= 0:
        raise BadGrid("stop, targets and life are factors above 0")
    return (_with_fields(strategy, own) if own else strategy), varied


def _with_fields(strategy: Strategy, own: Params) -> Strategy:
    # a strategy may be any object: only a dataclass says what can be changed
    found: Any = strategy
    known = {one.name: getattr(found, one.name) for one in fields(found)} if is_dataclass(found) else {}
    unknown = sorted(own.keys() - known.keys())
    if unknown:
        names = ", ".join((*EXITS, *known))
        raise BadGrid(f"{strategy.name} has no parameter {unknown[0]!r}: one of {names}")
    # a count of candles stays a whole number
    set_to = {name: round(value) if isinstance(known[name], int) else value for name, value in own.items()}
    try:
        changed: Strategy = replace(found, **set_to)
    except ValueError as error:
        raise BadGrid(str(error)) from error
    return changed


def vary(decided: Sequence[Decided], exits: Exits) -> Iterator[Decided]:
    """Give what is left of ``decided`` after ``exits``."""
    for one in decided:
        idea = exits.vary(one.idea)
        if idea is not None:
            yield replace(one, idea=idea)


def until_spent(trials: Sequence[T], going: Callable[[], bool]) -> Iterator[T]:
    """Give trials while ``going`` says that there is time; the first always."""
    for index, one in enumerate(trials):
        if index and not going():
            return
        yield one
