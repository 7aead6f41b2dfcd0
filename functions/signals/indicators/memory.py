"""How far back a value of an indicator reaches, as TA-Lib itself answers, and how many candles that takes.

windowed    a moving average over n candles knows nothing older: ``lookback`` candles are enough;
recursive   an EMA remembers its first value with a weight that fades: more candles are read until it is
            below :data:`TOLERANCE`, and rows that would lean on the first value are not given;
cumulative  an on-balance volume counts from somewhere: always from :data:`ANCHOR` candles before the newest,
            so that only differences between its values mean something.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final, Literal

import numpy as np

from signals.indicators import registry
from signals.indicators.registry import Number

Memory = Literal["windowed", "recursive", "cumulative"]
Parameters = tuple[tuple[str, Number], ...]
TOLERANCE: Final = 1e-4
"""What the start of the data may change in a value of a recursive indicator, as a fraction of the largest
value in sight."""
_MOST_EXTRA: Final = 4000
_GROWTH, _COMPARED = 1.25, 64
CYCLE: Final = "HT_DCPERIOD"
"""Where the input ``periods`` comes from: TA-Lib's own measure of the dominant cycle."""
ANCHOR: Final = 2000
MOST_ROWS: Final = 1000
MOST_CANDLES: Final = MOST_ROWS + _MOST_EXTRA
_ENDS: Final = tuple(range(2 * _MOST_EXTRA, 2 * _MOST_EXTRA + 2400, 200))


@lru_cache(maxsize=4096)
def memory(name: str, parameters: Parameters) -> Memory:
    """Return how far the function of TA-Lib reaches with ``parameters`` (accepted ones).

    The flags of TA-Lib's registry name the recursive functions, not those made of them (a MACD is made of
    EMAs); but the lookback of both grows with the "unstable period".
    """
    given, flags = dict(parameters), registry.info(name)["function_flags"] or ()
    grows = registry.lookback(name, given, unstable=True) > registry.lookback(name, given)
    if grows or _varies(name):
        return "recursive"
    return "cumulative" if "Output is path-dependent" in flags else "windowed"


def warm_up(kind: Memory, name: str, parameters: Parameters, reach: int) -> int:
    """Return the candles before the first row that is given, for a lookback of ``reach`` candles."""
    if kind != "recursive":
        return reach
    # the default periods are themselves an indicator, which has to settle first
    first = warm_up(kind, CYCLE, (), registry.lookback(CYCLE, {})) if _varies(name) else 0
    return min(first + reach + _settles(name, parameters, reach), _MOST_EXTRA)


def candles_for(kind: Memory, blind: int, rows: int) -> int:
    """Return how many of the newest candles are read to give ``rows`` of them a value."""
    return ANCHOR if kind == "cumulative" else rows + blind


def _varies(name: str) -> bool:
    return "periods" in registry.info(name)["input_names"]


@lru_cache(maxsize=4096)
def _settles(name: str, parameters: Parameters, reach: int) -> int:
    """Return how many candles beyond its lookback a recursive function takes to forget where it began.

    Measured at several places of a random walk, to a tenth of the tolerance: a formula would have to know
    how each of TA-Lib's functions is made, and how fast the adaptive ones adapt.
    """
    extra = 16
    for end in _ENDS:
        whole = _newest(name, parameters, end, reach + _MOST_EXTRA)
        while reach + extra < _MOST_EXTRA and not _alike(
            whole, _newest(name, parameters, end, reach + extra)
        ):
            extra = int(extra * _GROWTH)
    return max(min(extra, _MOST_EXTRA - reach), 0)


def _alike(whole: Sequence[Any], part: Sequence[Any]) -> bool:
    """Whether all outputs agree, as fractions of the largest value of each."""
    return all(
        np.allclose(
            one, other, rtol=0.0, atol=TOLERANCE / 10 * np.nanmax(np.abs(one), initial=0.0), equal_nan=True
        )
        for one, other in zip(whole, part, strict=True)
    )


def _newest(name: str, parameters: Parameters, end: int, before: int) -> list[Any]:
    """Return the values of each output up to candle ``end`` of the walk, begun ``before`` candles earlier."""
    span = slice(end - _COMPARED - before, end)
    inputs = [_walk()[column][span] for column in _columns(registry.info(name)["input_names"])]
    found = registry.compute(name, inputs, dict(parameters))
    return [one[-_COMPARED:] for one in found]


def _columns(names: Mapping[str, str | Sequence[str]]) -> Iterator[str]:
    for default in names.values():
        yield from (default,) if isinstance(default, str) else default


@cache
def _walk() -> Mapping[str, Any]:
    """Return candles of a random walk, always the same."""
    chance, size = np.random.default_rng(7), _ENDS[-1]
    close = 100 * np.exp(np.cumsum(chance.normal(0, 0.01, size)))
    opened = np.concatenate([[100.0], close[:-1]])
    spread = close * np.abs(chance.normal(0, 0.005, size))
    return {
        "open": opened,
        "high": np.maximum(opened, close) + spread,
        "low": np.minimum(opened, close) - spread,
        "close": close,
        "volume": chance.integers(1000, 9000, size).astype(np.float64),
        "periods": chance.integers(6, 50, size).astype(np.float64),
    }
