"""What somebody asks of an indicator: its name and parameters as text, checked before anything is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from kit.errors import FieldError
from signals.errors import IndicatorRefused, IndicatorUnknown
from signals.indicators.catalogue import SOURCES, Indicator, Parameter, indicator
from signals.indicators.memory import Memory, candles_for, memory, warm_up
from signals.indicators.registry import Number, lookback, names

_SHOWN: Final = 32
"""Characters of a wrong value that an error repeats."""


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question. ``parameters`` has every parameter, ``sources`` the column of every input.

    ``reach`` is TA-Lib's lookback, ``blind`` the rows at the start of the data that get no value.
    """

    indicator: Indicator
    parameters: Mapping[str, Number]
    sources: Mapping[str, str]
    memory: Memory
    reach: int
    blind: int

    def candles(self, rows: int) -> int:
        """Return how many candles are read for ``rows`` rows."""
        return candles_for(self.memory, self.blind, rows)


def question(name: str, given: Mapping[str, str]) -> Question:
    """Return the question that asks for ``name`` with ``given`` parameters and inputs, as text.

    What is not given has TA-Lib's default. Raises :class:`IndicatorUnknown`, and :class:`IndicatorRefused`
    with an entry for each wrong value.
    """
    found = _named(name)
    wrong = list(_wrong(found, given))
    if wrong:
        raise IndicatorRefused(f"{found.name} cannot be computed so", tuple(wrong))
    parameters = {
        one.name: _number(one, given[one.name]) if one.name in given else one.default
        for one in found.parameters
    }
    reach = lookback(found.name, parameters)
    if reach < 0:
        raise IndicatorRefused(f"{found.name}: each parameter is in its range, but not with the others")
    kind = memory(found.name, tuple(parameters.items()))
    blind = warm_up(kind, found.name, tuple(parameters.items()), reach)
    sources = {one.name: given.get(one.name, one.default) for one in found.inputs}
    return Question(found, parameters, sources, kind, reach, blind)


def _named(name: str) -> Indicator:
    try:
        return indicator(name.upper())
    except LookupError:
        near = ", ".join(get_close_matches(name.upper()[:_SHOWN], names(), n=3))
        meant = f"; did you mean {near}?" if near else "."
        told = f"There is no indicator {name[:_SHOWN]!r}{meant} GET /api/v1/indicators lists them"
        raise IndicatorUnknown(told, (FieldError("?name", "UNKNOWN", told),)) from None


def _wrong(asked: Indicator, given: Mapping[str, str]) -> Iterator[FieldError]:
    parameters = {one.name: one for one in asked.parameters}
    inputs = {one.name for one in asked.inputs if not one.fixed}
    for name, text in given.items():
        pointer = f"?{name[:_SHOWN]}"
        if name in parameters:
            if told := _refusal(parameters[name], text):
                yield FieldError(pointer, "OUT_OF_RANGE", told)
        elif name in inputs:
            if text not in SOURCES:
                yield FieldError(pointer, "NOT_A_COLUMN", f"Take one of {', '.join(SOURCES)}")
        else:
            known = ", ".join([*parameters, *sorted(inputs)]) or "none"
            yield FieldError(pointer, "EXTRA_FORBIDDEN", f"{asked.name} takes: {known}")


def _refusal(parameter: Parameter, text: str) -> str:
    """Return what is wrong with ``text`` as a value of ``parameter``, empty when nothing is."""
    if parameter.kind == "choice":
        fits = text.upper() in parameter.choices
        return "" if fits else f"Take one of {', '.join(parameter.choices)}"
    try:
        fits = parameter.least <= _number(parameter, text) <= parameter.most
    except ValueError:
        fits = False
    kind = "a whole number" if parameter.kind == "integer" else "a number"
    return "" if fits else f"Take {kind} from {parameter.least:g} to {parameter.most:g}"


def _number(parameter: Parameter, text: str) -> Number:
    if parameter.kind == "choice":
        return parameter.choices[text.upper()]
    return int(text) if parameter.kind == "integer" else float(text)
