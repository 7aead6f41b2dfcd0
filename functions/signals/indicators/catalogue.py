"""What TA-Lib offers: functions, their inputs, parameters with ranges, outputs. Read from its registry.

The registry tells a parameter's kind and default; the range is found by asking TA-Lib for the lookback, which
it refuses outside the range, and bounded by ours so that a request stays small.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from signals.indicators import registry
from signals.indicators.memory import Memory, memory
from signals.indicators.registry import MOVING_AVERAGES, Number

Source = Literal["open", "high", "low", "close", "volume"]
SOURCES: Final[tuple[Source, ...]] = ("open", "high", "low", "close", "volume")
MOST_PERIOD: Final = 250
"""Candles: a year of trading days, and what the candles read for one request can warm up."""
_MOST_NUMBER: Final = 1000.0
_HALVINGS: Final = 60
_REAL, _CHOICE = 0, 3


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: an integer or a number from ``least`` to ``most``, or one of ``choices`` by name."""

    name: str
    title: str
    about: str
    kind: Literal["integer", "number", "choice"]
    default: Number
    least: Number
    most: Number
    choices: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Input:
    """One series that goes in. ``default`` is a column of the candle; ``fixed`` when no other is possible.

    The default ``periods`` stands for a period a candle: TA-Lib's own dominant cycle of the close.
    """

    name: str
    default: str
    fixed: bool


@dataclass(frozen=True, slots=True)
class Indicator:
    """One function of TA-Lib. ``memory`` is that of its defaults; other parameters may change it."""

    name: str
    title: str
    group: str
    inputs: tuple[Input, ...]
    parameters: tuple[Parameter, ...]
    outputs: tuple[str, ...]
    memory: Memory


@cache
def catalogue() -> Mapping[str, Indicator]:
    """Return every function of the installed TA-Lib, by name."""
    return {name: indicator(name) for name in registry.names()}


@cache
def indicator(name: str) -> Indicator:
    """Return one function of the registry. Raises ``LookupError`` where there is none of this name."""
    if name not in registry.names():
        raise LookupError(name)
    info = registry.info(name)
    places = enumerate(info["parameters"])
    defaults: dict[str, Number] = {one: registry.parameter(name, at)["default_value"] for at, one in places}
    return Indicator(
        name=name,
        title=info["display_name"],
        group=info["group"],
        inputs=_inputs(info["input_names"]),
        parameters=tuple(_parameter(name, at, defaults) for at in range(len(defaults))),
        outputs=tuple(info["output_names"]),
        memory=memory(name, tuple(defaults.items())),
    )


def _inputs(names: Mapping[str, str | list[str]]) -> tuple[Input, ...]:
    found = []
    for name, default in names.items():
        if isinstance(default, str):
            found.append(Input(name, default, fixed=name == "periods"))
        else:
            found += [Input(column, column, fixed=True) for column in default]
    return tuple(found)


def _parameter(function: str, at: int, defaults: Mapping[str, Number]) -> Parameter:
    info = registry.parameter(function, at)
    name, default = info["name"], info["default_value"]

    def accepted(value: Number) -> bool:
        return registry.lookback(function, {**defaults, name: value}) >= 0

    if info["type"] == _CHOICE:
        kinds = {title: kind for title, kind in MOVING_AVERAGES.items() if accepted(kind)}
        span: tuple[Number, Number] = min(kinds.values()), max(kinds.values())
        return Parameter(name, info["display_name"], info["help"], "choice", default, *span, kinds)
    if info["type"] == _REAL:
        span = _edge(default, -_MOST_NUMBER, accepted), _edge(default, _MOST_NUMBER, accepted)
        return Parameter(name, info["display_name"], info["help"], "number", default, *span, {})
    span = _whole_edge(default, 0, accepted), _whole_edge(default, MOST_PERIOD, accepted)
    return Parameter(name, info["display_name"], info["help"], "integer", default, *span, {})


def _edge(inside: float, outside: float, accepted: Callable[[float], bool]) -> float:
    """Return the value nearest to ``outside`` that is accepted, by halving."""
    if accepted(outside):
        return outside
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        if accepted(middle):
            inside = middle
        else:
            outside = middle
    return round(inside, 9)


def _whole_edge(inside: int, outside: int, accepted: Callable[[int], bool]) -> int:
    """Return the same for whole numbers."""
    if accepted(outside):
        return outside
    while abs(inside - outside) > 1:
        middle = (inside + outside) // 2
        if accepted(middle):
            inside = middle
        else:
            outside = middle
    return inside
