"""TA-Lib's own registry, typed: which functions there are and what TA-Lib answers about them.

The library's stubs leave these parts untyped, so they pass through here and nowhere else.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from threading import Lock
from typing import Any, Final

Number = int | float
_talib: Final[Any] = import_module("talib")
_abstract: Final[Any] = import_module("talib.abstract")
_library: Final[Any] = import_module("talib._ta_lib")
_settings = Lock()

MOVING_AVERAGES: Final[Mapping[str, int]] = {
    name: getattr(_talib.MA_Type, name) for name in dir(_talib.MA_Type) if name.isupper()
}
"""The kinds of moving average by TA-Lib's name."""


@cache
def _function(name: str) -> Any:
    return _abstract.Function(name)


def names() -> Sequence[str]:
    """Return every function's name."""
    return sorted(_talib.get_functions())


def info(name: str) -> Mapping[str, Any]:
    """Return its entry: ``display_name group function_flags input_names parameters output_names``."""
    found: Mapping[str, Any] = _function(name).info
    return found


def parameter(name: str, at: int) -> Mapping[str, Any]:
    """Return the entry of the parameter at place ``at``: ``name display_name type help default_value``.

    ``type`` is 0 for a real number, 2 for an integer, 3 for a kind of moving average (ta_abstract.h).
    """
    ask = _library._ta_getOptInputParameterInfo  # noqa: SLF001 - the abstract API leaves the help out
    found: Mapping[str, Any] = ask(name.encode(), at)
    return found


def lookback(name: str, parameters: Mapping[str, Number], *, unstable: bool = False) -> int:
    """Return after how many candles TA-Lib gives a first value; -1 where it refuses the parameters.

    ``unstable``: as if every function with an unstable period were to drop one more value. That is a setting
    of the whole process, so it is moved under a lock and put back.
    """
    function = _function(name)
    function.parameters = dict(parameters)
    if not unstable:
        return int(function.lookback)
    with _settings:
        _talib.set_unstable_period("ALL", 1)
        try:
            return int(function.lookback)
        finally:
            _talib.set_unstable_period("ALL", 0)


def compute(name: str, inputs: Sequence[Any], parameters: Mapping[str, Number]) -> list[Any]:
    """Return the outputs of a function on ``inputs``, in its order."""
    found = getattr(_talib, name)(*inputs, **parameters)
    return list(found) if isinstance(found, tuple) else [found]
