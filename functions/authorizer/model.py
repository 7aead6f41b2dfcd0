"""What the authorizer decides with: the trusted issuers' rules, quotas of plans, bursts of route classes."""

from dataclasses import dataclass
from functools import cache

from kit.identity import Plan

MAX_TOKEN_BYTES = 4096
MAX_KID_BYTES = 64
MAX_SUBJECT_CHARS = 64
MIN_RSA_BITS = 2048
MAX_RSA_BITS = 4096
HOUR_S = 3600
MINUTE_S = 60

HOURLY_QUOTA: dict[Plan, int] = {"free": 100, "premium": 1_000, "enterprise": 10_000}
"""Requests an hour, by plan."""

BURST_PER_MINUTE: dict[str, int] = {"trading": 20, "generation": 10, "quotes": 60, "dashboard": 30}
"""Requests a minute in one route class; a class that is not named here has only the hourly quota."""

_CLASS_OF_SEGMENT = {
    "trading": "trading",
    "risk": "trading",
    "instruments": "quotes",
    "analytics": "dashboard",
    "reports": "dashboard",
}
_GENERATE = "/api/v1/signals/generate"
_SEGMENT = 3  # "/api/v1/<segment>/…" split at the slashes


@dataclass(frozen=True, slots=True)
class Rules:
    """What every token must satisfy: ``iss`` in ``issuers``, ``aud`` holding ``audience``.

    ``skew_s`` is how far two clocks may differ; ``max_lifetime_s`` bounds ``exp - iat``.
    """

    issuers: frozenset[str]
    audience: str
    skew_s: int = 5
    max_lifetime_s: int = 24 * HOUR_S


@cache
def route_class(resource: str) -> str:
    """Return the rate class of an API resource such as ``/api/v1/trading/orders``; ``api`` when unnamed."""
    if resource.startswith(_GENERATE):
        return "generation"
    parts = resource.split("/", _SEGMENT + 1)
    return _CLASS_OF_SEGMENT.get(parts[_SEGMENT], "api") if len(parts) > _SEGMENT else "api"
