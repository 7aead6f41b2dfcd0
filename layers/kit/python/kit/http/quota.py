"""Taking a request's rate limits and telling the client where it stands, on every answer.

``RateLimit`` and ``RateLimit-Policy`` follow draft-ietf-httpapi-ratelimit-headers; the ``X-RateLimit-*``
headers show the tightest of the limits that apply.
"""

import ipaddress
from collections.abc import Callable

from kit import limits, telemetry
from kit.errors import LimitExceeded, Retryable
from kit.http.routes import Request, Route
from kit.identity import Caller, Limit

PUBLIC_RATE = limits.Rate(limit=120, window_s=60)
_PLAN_WINDOW_S = 3600
Taken = tuple[str, int, Limit]  # policy name, window in seconds, state


class LimitsAway(Retryable):
    """The limit of a strict route cannot be checked, so nobody is let through (503)."""

    code = "LIMITS_AWAY"
    title = "Signing in is not possible for a moment: try again soon"


def of_plan(caller: Caller | None) -> list[Taken]:
    """Return the state of the caller's hourly plan quota, which the authorizer took."""
    if caller is None or caller.limit is None:
        return []
    return [("plan", _PLAN_WINDOW_S, caller.limit)]


def of_route(
    route: Route, caller: Caller | None, ip: str, redis: Callable[[], limits.Scripts] | None
) -> list[Taken]:
    """Take the route's own rate: per caller, on public routes per address (every public route has one)."""
    rate = route.rate or (PUBLIC_RATE if route.access.public else None)
    if rate is None or redis is None:
        return []
    who = caller.subject if caller else f"ip:{_network(ip)}"
    try:
        state = limits.take(redis(), rate, who, name=route.id)
    except Retryable as away:
        if rate.strict:
            raise LimitsAway from away
        telemetry.warning("limit not checked", route=route.id)
        return []
    return [(rate.name or route.id, rate.window_s, state)]


def refuse_exceeded(taken: list[Taken]) -> None:
    """Raise 429 with the time to wait when any limit is exceeded."""
    over = [state.reset_s for _, _, state in taken if state.exceeded]
    if over:
        raise LimitExceeded(f"Too many requests: try again in {max(over)} s", retry_after_s=max(over))


def headers(taken: list[Taken]) -> dict[str, str]:
    """Return the limit headers for ``taken``; empty when no limit was counted."""
    if not taken:
        return {}
    tightest = taken[0][2] if len(taken) == 1 else min((one for _, _, one in taken), key=_remaining)
    return {
        "RateLimit-Policy": ", ".join([f'"{name}";q={one.limit};w={window}' for name, window, one in taken]),
        "RateLimit": ", ".join([f'"{name}";r={one.remaining};t={one.reset_s}' for name, _, one in taken]),
        "X-RateLimit-Limit": str(tightest.limit),
        "X-RateLimit-Remaining": str(tightest.remaining),
        "X-RateLimit-Reset": str(tightest.reset_s),
    }


def _remaining(state: Limit) -> int:
    return state.remaining


def subject_of(request: Request) -> str:
    """Return whose idempotency key a request carries: the caller, or the address on a public route."""
    return request.caller.subject if request.caller else f"ip:{_network(request.ip)}"


def _network(ip: str) -> str:
    """Return the address that counts: an IPv6 host owns a whole /64, so the /64 is what is limited."""
    if ":" not in ip:
        return ip
    try:
        return str(ipaddress.ip_network(f"{ip}/64", strict=False).network_address)
    except ValueError:
        return ip
