"""Takes a webhook to the public network and nowhere else (ADR 195)."""

from partners.adapters.courier.pinned import PinnedCourier
from partners.adapters.courier.resolving import Resolve, resolve

__all__ = ["PinnedCourier", "Resolve", "resolve"]
