"""Who may use a route: public, signed in, a role, a plan, or a fresh second factor on top of any of them."""

from dataclasses import dataclass, replace

from kit import clock
from kit.errors import Forbidden, Retryable, Unauthenticated
from kit.identity import PLANS, Caller, Plan, Role

SAFE = frozenset({"GET", "HEAD"})


class PlanRequired(Forbidden):
    """The caller's plan does not include this (403)."""

    code = "PLAN_REQUIRED"
    title = "Your plan does not include this"


class StepUpRequired(Forbidden):
    """The second factor is too long ago (403)."""

    code = "STEP_UP_REQUIRED"
    title = "Confirm with your second factor first, then try again"


class Degraded(Retryable):
    """Revocation cannot be checked now, so nothing may be changed (503)."""

    code = "DEGRADED"
    title = "Only reading is possible for a moment: try again soon"


@dataclass(frozen=True, slots=True)
class Access:
    """What a caller must show. ``step_up_s``: seconds the second factor may be old; 0: not asked."""

    public: bool = False
    roles: tuple[Role, ...] = ()
    plan: Plan = "free"
    step_up_s: int = 0

    def with_step_up(self, seconds: int = 300) -> "Access":
        """Return this access with a second factor not older than ``seconds``."""
        return replace(self, step_up_s=seconds)


PUBLIC = Access(public=True)


def signed_in() -> Access:
    """Any authenticated caller."""
    return Access()


def role(*names: Role) -> Access:
    """A caller with any of the roles ``names``; an admin holds every role."""
    return Access(roles=names)


def plan(least: Plan) -> Access:
    """A caller whose plan is ``least`` or a larger one."""
    return Access(plan=least)


def check(access: Access, caller: Caller | None, method: str) -> None:
    """Let ``caller`` pass or raise: 401 unknown, 403 not allowed, 503 degraded and not a safe method."""
    if access.public:
        return
    if caller is None:
        raise Unauthenticated
    if access.roles and not any(caller.has(name) for name in access.roles):
        raise Forbidden(f"This needs the role {' or '.join(access.roles)}")
    if PLANS.index(caller.plan) < PLANS.index(access.plan):
        raise PlanRequired(f"This needs the plan {access.plan} or larger; yours is {caller.plan}")
    if access.step_up_s and clock.unix() - caller.step_up_at > access.step_up_s:
        raise StepUpRequired
    if caller.degraded and method not in SAFE:
        raise Degraded
