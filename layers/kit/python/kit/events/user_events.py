"""Topic ``user-events``: accounts, never with personal data. Key and subject: the user's id."""

from typing import ClassVar, Literal

from kit.events import Data, Moment
from kit.events.audit_events import Digest
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


class UserPasswordChanged(_User, frozen=True, kw_only=True):
    """Another password holds; every session from before ended with it (``user.sessions_revoked``)."""

    TYPE: ClassVar[str] = "user.password_changed"

    how: Literal["changed", "reset"]
    changed_at: Moment


class UserAddressChanged(_User, frozen=True, kw_only=True):
    """Another address of ``channel`` is confirmed, by the one before too or because nobody stopped it."""

    TYPE: ClassVar[str] = "user.address_changed"

    channel: Literal["email", "phone"]
    confirmed_by: Literal["both", "time"]
    changed_at: Moment


class UserSecondFactorEnabled(_User, frozen=True, kw_only=True):
    """An authenticator app protects the account."""

    TYPE: ClassVar[str] = "user.second_factor_enabled"

    enabled_at: Moment


class UserSecondFactorDisabled(_User, frozen=True, kw_only=True):
    """No authenticator app protects the account any more."""

    TYPE: ClassVar[str] = "user.second_factor_disabled"

    disabled_at: Moment


class UserConsentChanged(_User, frozen=True, kw_only=True):
    """Consent to a purpose was given, having read a version of its notice, or withdrawn."""

    TYPE: ClassVar[str] = "user.consent_changed"

    purpose: str
    notice_version: str
    notice_digest: Digest
    given: bool
    changed_at: Moment


class UserIdentityLinked(_User, frozen=True, kw_only=True):
    """An identity of a provider signs in to the account: it opened it, by its address, or as asked."""

    TYPE: ClassVar[str] = "user.identity_linked"

    identity_id: str
    how: Literal["opened", "address", "asked"]
    linked_at: Moment


class UserIdentityUnlinked(_User, frozen=True, kw_only=True):
    """An identity of a provider does not sign in to the account any more."""

    TYPE: ClassVar[str] = "user.identity_unlinked"

    identity_id: str
    unlinked_at: Moment


class UserDisabled(_User, frozen=True, kw_only=True):
    """Nobody comes in with the account any more; its sessions ended with it (``user.sessions_revoked``).

    ``reason`` is one of a list, the case ``reference`` tells the rest.
    """

    TYPE: ClassVar[str] = "user.disabled"

    disabled_by: str
    disabled_at: Moment
    reason: str
    reference: str


class UserEnabled(_User, frozen=True, kw_only=True):
    """The account, disabled until now, may be signed in to again; sessions from before stay ended."""

    TYPE: ClassVar[str] = "user.enabled"

    enabled_by: str
    enabled_at: Moment
    reason: str
    reference: str


class UserLocked(_User, frozen=True, kw_only=True):
    """Ten sign-ins failed: none is tried before ``until``, unless the account is unlocked earlier."""

    TYPE: ClassVar[str] = "user.locked"

    locked_at: Moment
    until: Moment


class UserUnlocked(_User, frozen=True, kw_only=True):
    """A lock ended before its time; by support for ``reason``, as the case ``reference`` tells in full."""

    TYPE: ClassVar[str] = "user.unlocked"

    how: Literal["reset", "support"]
    unlocked_by: str
    unlocked_at: Moment
    reason: str = ""
    reference: str = ""
