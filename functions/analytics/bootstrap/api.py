"""The HTTP function."""

from functools import cache

from analytics.bootstrap import stores
from analytics.service.answering import Answering, Freshness, freshness


@cache
def answering() -> Answering:
    """Return what answers."""
    return Answering(stores.answers())


def fresh() -> list[Freshness]:
    """Return how far the consumers are."""
    return freshness(stores.events(), stores.projections())
