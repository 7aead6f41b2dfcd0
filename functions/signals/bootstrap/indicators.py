"""Indicators and strategies for the API: apart from it, because TA-Lib is loaded by who asks for them."""

from collections.abc import Sequence
from functools import cache

from signals.bootstrap import stores
from signals.service.indicating import Indicating
from signals.strategies import ALL, Strategy


@cache
def indicating() -> Indicating:
    """Return the use case."""
    return Indicating(stores.candles(), stores.reference())


def strategies() -> Sequence[Strategy]:
    """Return every strategy that decides."""
    return ALL
