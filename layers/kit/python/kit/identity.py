"""Who is calling, and the codec that carries it through API Gateway's flat string context.

The authorizer writes the context with :func:`to_context`; every handler reads it with
:func:`from_context` and trusts nothing else about the caller.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

import msgspec

Role = Literal["user", "analyst", "editor", "approver", "compliance", "support", "auditor", "admin"]
Plan = Literal["free", "premium", "enterprise"]
ROLES: tuple[Role, ...] = (
    "user",
    "analyst",
    "editor",
    "approver",
    "compliance",
    "support",
    "auditor",
    "admin",
)
PLANS: tuple[Plan, ...] = ("free", "premium", "enterprise")
_KNOWN_ROLES: frozenset[str] = frozenset(ROLES)
_NO_SCOPES: frozenset[str] = frozenset()


class Limit(msgspec.Struct, frozen=True, gc=False):
    """State of the plan's hourly quota after this request; ``exceeded`` asks the edge to answer 429."""

    limit: int
    remaining: int
    reset_s: int
    exceeded: bool = False


class Caller(msgspec.Struct, frozen=True):
    """The authenticated subject of one request.

    ``family`` is the refresh-token family (one signed-in device). ``step_up_at`` is the Unix second
    of the last step-up, 0 when there was none, and ``step_up_level`` what was shown then: 0 nothing, 1 a
    one-time code, 2 the authenticator app. ``issued_at`` is the second of the token. ``degraded`` is true
    when revocation and limits could not be checked: the edge then serves safe methods only.

    ``key`` is the id of the API key that speaks for the subject, empty for a token: a key opens the routes
    of its ``scopes`` and nothing else. ``barred`` says why this one opens nothing now: ``network``, it was
    used outside of its allow-list (its ``scopes`` are empty then).
    """

    subject: str
    roles: frozenset[Role] = frozenset()
    plan: Plan = "free"
    scopes: frozenset[str] = frozenset()
    family: str = ""
    step_up_at: int = 0
    step_up_level: int = 0
    limit: Limit | None = None
    degraded: bool = False
    issued_at: int = 0
    key: str = ""
    barred: str = ""

    def has(self, role: Role) -> bool:
        """Whether the caller holds ``role``; an admin holds every role."""
        return role in self.roles or "admin" in self.roles


def to_context(caller: Caller) -> dict[str, str]:
    """Return the authorizer context: flat strings only, API Gateway's rule."""
    context = {
        "sub": caller.subject,
        "roles": _words(caller.roles),
        "plan": caller.plan,
        "scopes": _words(caller.scopes) if caller.scopes else "",
        "family": caller.family,
        "step_up_at": str(caller.step_up_at),
        "degraded": "1" if caller.degraded else "0",
        "issued_at": str(caller.issued_at),
    }
    if caller.step_up_level:
        context["step_up_level"] = str(caller.step_up_level)
    if caller.key:
        context["key"] = caller.key
        context["barred"] = caller.barred
    if caller.limit is not None:
        one = caller.limit
        context["limit"] = f"{one.limit} {one.remaining} {one.reset_s} {'1' if one.exceeded else '0'}"
    return context


@lru_cache(256)
def _words(some: frozenset[str]) -> str:
    return " ".join(sorted(some))


@lru_cache(256)
def _roles(words: str) -> frozenset[Role]:
    roles = frozenset(words.split())
    if not roles <= _KNOWN_ROLES:
        raise ValueError(f"unknown role in {sorted(roles)}")
    return roles  # type: ignore[return-value]  # checked against ROLES above


def from_context(context: Mapping[str, str]) -> Caller:
    """Return the caller that :func:`to_context` wrote; ``KeyError`` or ``ValueError`` on anything else."""
    limit = None
    if raw := context.get("limit"):
        total, remaining, reset_s, exceeded = map(int, raw.split())
        limit = Limit(total, remaining, reset_s, bool(exceeded))
    plan = context["plan"]
    if plan not in PLANS:
        raise ValueError(f"unknown plan {plan}")
    return Caller(
        subject=context["sub"],
        roles=_roles(context["roles"]),
        plan=plan,
        scopes=frozenset(scopes.split()) if (scopes := context["scopes"]) else _NO_SCOPES,
        family=context["family"],
        step_up_at=int(context["step_up_at"]),
        step_up_level=int(context.get("step_up_level", "0")),
        limit=limit,
        degraded=context["degraded"] == "1",
        issued_at=int(context.get("issued_at", "0")),
        key=context.get("key", ""),
        barred=context.get("barred", ""),
    )
