"""The consumer: answers of domains, and what payments tell."""

from functools import cache

from privacy.bootstrap import stores
from privacy.bootstrap.stores import erasing, exporting
from privacy.service.following import Following


@cache
def following() -> Following:
    """Return what follows payments."""
    return Following(stores.engagements())


__all__ = ["erasing", "exporting", "following"]
