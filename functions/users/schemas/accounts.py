"""An account: what its owner changes and administrators grant."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from kit.http import Body, View
from kit.identity import Plan, Role
from users.model import Locale, Source, User
from users.schemas.fields import Addressed, Line

CaseNumber = Annotated[str, Field(pattern=r"^[A-Z0-9-]{4,40}$", description="The support case")]


class ProfileBody(Body):
    """What a person may change of their account; what is left out stays."""

    display_name: Line | None = None
    locale: Locale | None = None


class PlanBody(Body):
    """A plan to be granted; free takes back what was granted."""

    plan: Plan
    valid_until: AwareDatetime | None = Field(
        default=None, description="When the grant ends; null: nothing ends it"
    )


class RolesBody(Body):
    """The whole set of roles an account is to have."""

    roles: tuple[Role, ...] = Field(min_length=1, max_length=8)


class UnlockBody(Body):
    """Why an account is unlocked. The case tells the rest: nothing of the person stands here."""

    reason: Literal["owner_identified", "false_alarm", "attack_ended"]
    reference: CaseNumber


class EndSessionsBody(Body):
    """Why somebody's sessions are ended. The case tells the rest: nothing of the person stands here."""

    reason: Literal["taken_over", "device_lost", "owner_asked", "precaution"]
    reference: CaseNumber


class DisableBody(Body):
    """Why an account is disabled. The case tells the rest: nothing of the person stands here."""

    reason: Literal["taken_over", "abuse", "legal_order", "owner_asked", "left_the_staff"]
    reference: CaseNumber


class EnableBody(Body):
    """Why an account is enabled again. The case tells the rest: nothing of the person stands here."""

    reason: Literal["owner_identified", "resolved", "order_lifted", "mistake"]
    reference: CaseNumber


class UserQuery(Addressed):
    """Which account an administrator looks for."""


class UserView(View):
    """An account as its owner and administrators see it."""

    id: str
    email: str | None
    phone: str | None
    display_name: str
    locale: Locale
    roles: tuple[Role, ...]
    plan: Plan
    valid_until: datetime | None = Field(description="When the plan ends; null: nothing ends it")
    source: Source = Field(description="Where the plan comes from")
    disabled_at: datetime | None = Field(description="Since when nobody can sign in; null: people can")
    disabled_for: str | None = Field(description="Why")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, user: User, now: datetime) -> "UserView":
        """Return the account with the plan that holds at ``now``."""
        held = user.entitled(now)
        return cls(
            id=user.id,
            email=user.email,
            phone=user.phone,
            display_name=user.display_name,
            locale=user.locale,
            roles=user.roles,
            plan=held.plan,
            valid_until=held.until,
            source=held.source,
            disabled_at=user.disabled.at if user.disabled else None,
            disabled_for=user.disabled.reason if user.disabled else None,
            created_at=user.created_at,
            updated_at=user.updated_at,
        )


class UsersView(View):
    """Accounts that were found."""

    items: tuple[UserView, ...]
