"""Compute a checked question on a window of candles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from signals.indicators import registry
from signals.indicators.memory import CYCLE
from signals.indicators.question import Question
from signals.strategies.window import Window

Value = int | float | None
_POSITIONS: Final = frozenset({"MAXINDEX", "MININDEX", "MINMAXINDEX"})
"""Functions that answer a position in their input, which means nothing to who does not see the input."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The newest rows of each output, oldest first; None where the candles do not reach far enough back."""

    outputs: Mapping[str, list[Value]]


def answer(asked: Question, window: Window, rows: int) -> Answer:
    """Return the newest ``rows`` values of each output of ``asked`` on ``window``.

    Rows that lean on the start of the window, and values that are not finite (a division by zero), are None.
    The functions that find an extreme's position answer how many candles ago it was.
    """
    size = len(window)
    given = min(rows, size)
    blind = max(0, min(given, asked.blind - (size - given)))
    made = [one[size - given :] for one in _computed(asked, window)]
    if asked.indicator.name in _POSITIONS:
        made = [np.arange(size - given, size) - one for one in made]
    return Answer(
        {name: _values(one, blind) for name, one in zip(asked.indicator.outputs, made, strict=True)}
    )


def _computed(asked: Question, window: Window) -> list[Any]:
    if len(window) <= asked.reach:
        return [np.full(len(window), np.nan)] * len(asked.indicator.outputs)
    inputs = [_column(window, asked.sources[one.name]) for one in asked.indicator.inputs]
    return registry.compute(asked.indicator.name, inputs, asked.parameters)


def _column(window: Window, name: str) -> Any:
    if name == "periods":
        (cycle,) = registry.compute(CYCLE, [window.close], {})
        return np.nan_to_num(cycle, nan=0.0)
    return getattr(window, name)


def _values(column: Any, blind: int) -> list[Value]:
    values: list[Value] = column.tolist()
    if not np.isfinite(column).all():
        values = [one if fine else None for one, fine in zip(values, np.isfinite(column), strict=True)]
    values[:blind] = [None] * blind
    return values
