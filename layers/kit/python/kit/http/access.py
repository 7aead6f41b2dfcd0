"""Who may use a route: public, signed in, a role, a plan, or a fresh second factor on top of any of them."""

from dataclasses import dataclass, replace

from kit import behalf, clock
from kit.errors import Forbidden, Retryable, Unauthenticated
from kit.identity import PLANS, Caller, Plan, Role

SAFE = frozenset({"GET", "HEAD"})
STEP_UP_S = 300
_HOW = {
    1: "Confirm with a one-time code: POST /auth/step-up, then try again",
    2: "Confirm with your authenticator app: POST /auth/step-up with the method totp, then try again",
}


class PlanRequired(Forbidden):
    """The caller's plan does not include this (403)."""

    code = "PLAN_REQUIRED"
    title = "Your plan does not include this"


class KeyNotAccepted(Forbidden):
    """No API key opens this route (403)."""

    code = "KEY_NOT_ACCEPTED"
    title = "No API key opens this: sign in, and send the access token"


class ScopeRequired(Forbidden):
    """The API key has not the scope of this route (403); says which one is needed."""

    code = "SCOPE_REQUIRED"
    title = "This API key lacks the scope that opens this"

    def __init__(self, scope: str = "") -> None:
        super().__init__(f"This needs an API key with the scope {scope}: make one, and use it instead")


class KeyOutsideNetwork(Forbidden):
    """The API key was used from an address outside of its allow-list (403)."""

    code = "KEY_OUTSIDE_NETWORK"
    title = "This API key may not be used from your address: call from its allow-list, or make another key"


class StepUpRequired(Forbidden):
    """The last step-up is too long ago, or of too low a ``level`` (403); says which one is needed."""

    code = "STEP_UP_REQUIRED"
    title = "Confirm that it is you, then try again"

    def __init__(self, level: int = 1) -> None:
        super().__init__(_HOW[level])


class Degraded(Retryable):
    """Revocation cannot be checked now, so nothing may be changed (503)."""

    code = "DEGRADED"
    title = "Only reading is possible for a moment: try again soon"


@dataclass(frozen=True, slots=True)
class Access:
    """What a caller must show.

    ``step_up_s``: seconds the last step-up may be old, 0: none is asked; ``step_up_level``: 1 a one-time code
    or more, 2 the authenticator app. ``scope``: what an API key needs to be let in, empty: no key is.
    ``overseers``: the roles for which the route is about anybody's things, and not about their own alone.
    """

    public: bool = False
    roles: tuple[Role, ...] = ()
    plan: Plan = "free"
    step_up_s: int = 0
    step_up_level: int = 1
    scope: str = ""
    overseers: tuple[Role, ...] = ()

    def with_scope(self, scope: str) -> "Access":
        """Return this access, open to API keys with ``scope`` (``signals:read``) as well."""
        return replace(self, scope=scope)

    def with_step_up(self, seconds: int = STEP_UP_S, level: int = 1) -> "Access":
        """Return this access with a step-up of ``level`` (1 or 2) not older than ``seconds``."""
        return replace(self, step_up_s=seconds, step_up_level=level)


PUBLIC = Access(public=True)


def signed_in() -> Access:
    """Any authenticated caller."""
    return Access()


def own_or_of(*overseers: Role) -> Access:
    """Any authenticated caller about their own things, and ``overseers`` about anybody's."""
    return Access(overseers=overseers)


def role(*names: Role) -> Access:
    """A caller with any of the roles ``names``; an admin holds every role."""
    return Access(roles=names)


def plan(least: Plan) -> Access:
    """A caller whose plan is ``least`` or a larger one."""
    return Access(plan=least)


def demand_step_up(caller: Caller, level: int, within_s: int = STEP_UP_S) -> None:
    """Let pass who confirmed by ``level`` (1 a one-time code, 2 the authenticator app) or a higher one.

    For demands that depend on the request, such as an amount; a route that always demands it says so in its
    ``access``. Raises ``StepUpRequired`` when that was not within the last ``within_s`` seconds.
    """
    if caller.step_up_level < level or clock.unix() - caller.step_up_at > within_s:
        raise StepUpRequired(level)


def check(access: Access, caller: Caller | None, method: str) -> None:
    """Let ``caller`` pass or raise: 401 unknown, 403 not allowed, 503 degraded and not a safe method."""
    if access.public:
        return
    if caller is None:
        raise Unauthenticated
    if caller.key:
        _check_key(access.scope, caller)
    if access.roles and not any(caller.has(name) for name in access.roles):
        raise Forbidden(f"This needs the role {' or '.join(access.roles)}")
    if PLANS.index(caller.plan) < PLANS.index(access.plan):
        raise PlanRequired(f"This needs the plan {access.plan} or larger; yours is {caller.plan}")
    if access.step_up_s:
        demand_step_up(caller, access.step_up_level, access.step_up_s)
    if caller.degraded and method not in SAFE:
        raise Degraded


def behalf_of(access: Access, caller: Caller | None) -> str:
    """Return whose rows a request that was let in may touch, for ``kit.behalf``.

    Everybody's for a public route (which knows nobody yet) and for what is done as staff, else one's own.
    """
    if caller is None or access.roles or oversees(access, caller):
        return behalf.EVERYBODY
    return caller.subject


def oversees(access: Access, caller: Caller) -> bool:
    """Whether a route with ``access`` is about anybody's things for ``caller``."""
    return any(caller.has(name) for name in access.overseers)


def _check_key(scope: str, caller: Caller) -> None:
    """Let an API key pass where one of its scopes opens the route, or raise 403 with what to do."""
    if caller.barred:
        raise KeyOutsideNetwork
    if not scope:
        raise KeyNotAccepted
    if scope not in caller.scopes:
        raise ScopeRequired(scope)
