"""Indicators for the API: apart from it, because TA-Lib and numpy are loaded by who asks for one."""

from functools import cache

from signals.bootstrap import stores
from signals.service.indicating import Indicating


@cache
def indicating() -> Indicating:
    """Return the use case."""
    return Indicating(stores.candles(), stores.reference())
