"""Indicators and strategies for the API: apart from it, because TA-Lib is loaded by who asks for them."""

from collections.abc import Mapping, Sequence
from functools import cache

from signals.bootstrap import stores
from signals.service.indicating import Indicating
from signals.strategies import ALL, Strategy
from signals.strategies.tuning import Tunable, tunables


@cache
def indicating() -> Indicating:
    """Return the use case."""
    return Indicating(stores.candles(), stores.reference())


def strategies() -> Sequence[Strategy]:
    """Return every strategy that decides."""
    return ALL


def parameters(strategy: Strategy) -> Mapping[str, Tunable]:
    """Return what a backtest may vary in ``strategy``."""
    return tunables(strategy)
