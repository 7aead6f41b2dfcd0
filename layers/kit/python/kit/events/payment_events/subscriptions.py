"""What is paid again and again, and what people may use for what they paid."""

from typing import ClassVar, Literal

from kit.events import Moment
from kit.events.payment_events.base import Interval, Money, Paise
from kit.identity import Plan


class _Subscription(Money, frozen=True, kw_only=True):
    """Subject: the subscription. ``monthly`` is what it brings a month without tax, in paise."""

    subscription_id: str
    user_id: str
    sku: str
    plan: Plan
    interval: Interval
    monthly: Paise
    currency: str


class SubscriptionStarted(_Subscription, frozen=True, kw_only=True):
    """The first period began, paid or on trial."""

    TYPE: ClassVar[str] = "subscription.started"

    trial: bool
    period_end: Moment
    started_at: Moment


class SubscriptionRenewed(_Subscription, frozen=True, kw_only=True):
    """Another period is paid for; ``from_trial``: the first one that is paid."""

    TYPE: ClassVar[str] = "subscription.renewed"

    from_trial: bool
    period_end: Moment
    renewed_at: Moment


class SubscriptionRepriced(_Subscription, frozen=True, kw_only=True):
    """Another offer from now on; the ``previous_…`` are those of the one before."""

    TYPE: ClassVar[str] = "subscription.repriced"

    previous_sku: str
    previous_plan: Plan
    previous_monthly: Paise
    repriced_at: Moment


class SubscriptionPastDue(_Subscription, frozen=True, kw_only=True):
    """A renewal was not paid. It is tried again at ``next_try_at``; the plan stays until ``grace_until``."""

    TYPE: ClassVar[str] = "subscription.past_due"

    tries: int
    next_try_at: Moment | None
    grace_until: Moment
    failed_at: Moment


class SubscriptionRecovered(_Subscription, frozen=True, kw_only=True):
    """A late payment came: within the grace, or (``reactivated``) after the plan had been taken."""

    TYPE: ClassVar[str] = "subscription.recovered"

    reactivated: bool
    recovered_at: Moment


class SubscriptionEnding(_Subscription, frozen=True, kw_only=True):
    """The customer cancelled: it ends with its period. ``resumed``: they took that back."""

    TYPE: ClassVar[str] = "subscription.ending"

    resumed: bool
    ends_at: Moment
    decided_at: Moment


class SubscriptionEnded(_Subscription, frozen=True, kw_only=True):
    """It is over and brings nothing any more."""

    TYPE: ClassVar[str] = "subscription.ended"

    reason: Literal["cancelled", "unpaid", "refunded", "disputed"]
    ended_at: Moment


class EntitlementChanged(Money, frozen=True, kw_only=True):
    """All that a person may use from now on, derived from what is paid, unexpired and unrevoked.

    Subject: the user. ``valid_until`` ends ``plan``; ``items`` are the skus of courses. ``cause`` is the id
    of the payment, subscription or refund behind the change.
    """

    TYPE: ClassVar[str] = "entitlement.changed"

    user_id: str
    plan: Plan
    valid_until: Moment | None
    items: tuple[str, ...]
    cause: str
    changed_at: Moment
