"""The consumer of all topics."""

from functools import cache

from audit.bootstrap import stores
from audit.service.keeping import Keeping


@cache
def keeping() -> Keeping:
    """Return what appends."""
    return Keeping(stores.log())
