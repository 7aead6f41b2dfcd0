"""Topic ``user-events``: accounts, never with personal data. Key and subject: the user's id."""

from typing import ClassVar

from kit.events import Data, Moment
from kit.identity import Plan, Role


class _User(Data, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "user-events"
    SOURCE: ClassVar[str] = "/treum/users"

    user_id: str


class UserRegistered(_User, frozen=True, kw_only=True):
    """A person confirmed an address and has an account."""

    TYPE: ClassVar[str] = "user.registered"

    plan: Plan
    roles: tuple[Role, ...]
    registered_at: Moment


class UserPlanChanged(_User, frozen=True, kw_only=True):
    """The plan is another one from now on; ``valid_until`` is None while nothing ends it."""

    TYPE: ClassVar[str] = "user.plan_changed"

    plan: Plan
    previous: Plan
    changed_by: str
    changed_at: Moment
    valid_until: Moment | None = None


class UserRolesChanged(_User, frozen=True, kw_only=True):
    """The whole set of roles from now on, and what it was."""

    TYPE: ClassVar[str] = "user.roles_changed"

    roles: tuple[Role, ...]
    previous: tuple[Role, ...]
    changed_by: str
    changed_at: Moment


class UserSessionsRevoked(_User, frozen=True, kw_only=True):
    """Sessions ended before their time: the token ``families`` named, or all of them when empty.

    Tokens issued before ``not_before`` (Unix seconds) are stale.
    """

    TYPE: ClassVar[str] = "user.sessions_revoked"

    families: tuple[str, ...]
    not_before: int
    reason: str
    revoked_at: Moment
