"""The projector."""

from functools import cache

from analytics.bootstrap.stores import events, projections
from analytics.service.keeping import Keeping
from analytics.service.projecting import Projector


@cache
def keeping() -> Keeping:
    """Return what keeps the figures."""
    return Keeping(Projector(events(), projections()), projections())
