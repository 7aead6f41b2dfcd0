"""How far back a value of an indicator reaches, as TA-Lib itself answers, and how many candles that takes.

windowed    a moving average over n candles knows nothing older: ``lookback`` candles are enough;
recursive   an EMA remembers its first value with a weight that fades: more candles are read until it is
            below :data:`TOLERANCE`, and rows that would lean on the first value are not given;
cumulative  an on-balance volume counts from somewhere: always from :data:`ANCHOR` candles before the newest,
            so that only differences between its values mean something.
"""

import math
from functools import lru_cache
from typing import Final, Literal

from signals.indicators import registry
from signals.indicators.registry import Number

Memory = Literal["windowed", "recursive", "cumulative"]
TOLERANCE: Final = 1e-6
"""The weight that the start of the data may keep in a value of a recursive indicator, as a fraction of the
largest value in sight. Wilder's smoothing of n candles forgets slowest: (1 - 1/n)^k, so k = 14 n."""
_FORGETS: Final = math.ceil(-math.log(TOLERANCE))
_LEAST_EXTRA, _MOST_EXTRA = 64, 4000
ANCHOR: Final = 2000
MOST_ROWS: Final = 1000
MOST_CANDLES: Final = MOST_ROWS + _MOST_EXTRA


@lru_cache(maxsize=4096)
def memory(name: str, parameters: tuple[tuple[str, Number], ...]) -> Memory:
    """Return how far the function of TA-Lib reaches with ``parameters`` (accepted ones).

    The flags of TA-Lib's registry name the recursive functions, not those made of them (a MACD is made of
    EMAs); but the lookback of both grows with the "unstable period".
    """
    given, found = dict(parameters), registry.info(name)
    grows = registry.lookback(name, given, unstable=True) > registry.lookback(name, given)
    if grows or "periods" in found["input_names"]:
        return "recursive"
    return "cumulative" if "Output is path-dependent" in (found["function_flags"] or ()) else "windowed"


def warm_up(kind: Memory, reach: int) -> int:
    """Return the candles before the first row that is given, for a lookback of ``reach`` candles."""
    if kind != "recursive":
        return reach
    return reach + min(max(_FORGETS * (reach + 1), _LEAST_EXTRA), _MOST_EXTRA - reach)


def candles_for(kind: Memory, reach: int, rows: int) -> int:
    """Return how many of the newest candles are read to give ``rows`` of them a value."""
    if kind == "cumulative":
        return ANCHOR
    return rows + warm_up(kind, reach)
