"""What happened to a subscription, as events: the difference between two of its states."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TypedDict

from kit import events
from kit.events import Data, Event
from kit.events.payment_events import (
    Interval,
    SubscriptionEnded,
    SubscriptionEnding,
    SubscriptionPastDue,
    SubscriptionRecovered,
    SubscriptionRenewed,
    SubscriptionRepriced,
    SubscriptionStarted,
)
from kit.identity import Plan
from payments.model.payment import CURRENCY
from payments.model.subscription import RENEWED, Subscription, Terms
from payments.model.subscription_course import Bill, Course, is_trial


class _Common(TypedDict):
    subscription_id: str
    user_id: str
    sku: str
    plan: Plan
    interval: Interval
    monthly: int
    currency: str


def told(
    was: Subscription, one: Subscription, at: datetime, course: Course | None = None
) -> list[Event[Any]]:
    """Return what is told when ``was`` becomes ``one``; ``course`` brings the periods paid meanwhile."""
    found = [*(_periods(was, one, course) if course else ()), *_changes(was, one, at)]
    return [events.new(data, subject=one.id, version=one.version) for data in found]


def _periods(was: Subscription, one: Subscription, course: Course) -> Iterator[Data]:
    """Each paid period once: it starts, renews, or begins on other terms."""
    last: Bill | None = None
    period, terms, trial = was.period, was.terms, was.life == "trialing"
    for bill in course.paid:
        if period is not None and bill.period.start <= period.start:
            continue
        if period is None:
            yield _started(one, bill, trial=is_trial(one, course, bill))
        else:
            if bill.period.start >= period.end:
                yield _renewed(one, bill, from_trial=trial)
            if bill.terms.name != terms.name:
                yield _repriced(one, bill, terms)
        last, period, terms = bill, bill.period, bill.terms
        trial = is_trial(one, course, last)


def _started(one: Subscription, bill: Bill, *, trial: bool) -> Data:
    start, end = bill.period.start, bill.period.end
    return SubscriptionStarted(**_common(one, bill.terms), trial=trial, period_end=end, started_at=start)


def _renewed(one: Subscription, bill: Bill, *, from_trial: bool) -> Data:
    return SubscriptionRenewed(
        **_common(one, bill.terms),
        from_trial=from_trial,
        period_end=bill.period.end,
        renewed_at=bill.paid_at or bill.period.start,
    )


def _repriced(one: Subscription, bill: Bill, before: Terms) -> Data:
    return SubscriptionRepriced(
        **_common(one, bill.terms),
        previous_sku=before.sku,
        previous_plan=before.plan,
        previous_monthly=before.monthly,
        repriced_at=bill.period.start,
    )


def _changes(was: Subscription, one: Subscription, at: datetime) -> Iterable[Data]:
    common = _common(one, one.terms)
    arrears = one.arrears
    if was.life == "past_due" and one.life in {"active", "running_out"}:
        yield SubscriptionRecovered(**common, reactivated=False, recovered_at=at)
    if was.life == "ended" and one.life == "running_out":
        yield SubscriptionRecovered(**common, reactivated=True, recovered_at=at)
    if arrears and _tried(was) != (arrears.invoice, arrears.tries):
        yield SubscriptionPastDue(
            **common,
            tries=arrears.tries,
            next_try_at=arrears.next_try_at,
            grace_until=arrears.grace_until,
            failed_at=at,
        )
    yield from _ending(was, one, at)
    if one.life == "ended" != was.life:
        assert one.ended_at is not None, "what ended knows when"
        assert one.reason is not None, "what ended knows why"
        yield SubscriptionEnded(**common, reason=one.reason, ended_at=one.ended_at)


def _ending(was: Subscription, one: Subscription, at: datetime) -> Iterator[Data]:
    if one.life not in RENEWED or was.life == "ended":
        return
    common = _common(one, one.terms)
    if one.ends_at is not None and was.ends_at is None:
        yield SubscriptionEnding(**common, resumed=False, ends_at=one.ends_at, decided_at=at)
    if one.ends_at is None and was.ends_at is not None:
        yield SubscriptionEnding(**common, resumed=True, ends_at=was.ends_at, decided_at=at)


def _tried(one: Subscription) -> tuple[str, int] | None:
    return (one.arrears.invoice, one.arrears.tries) if one.arrears else None


def _common(one: Subscription, terms: Terms) -> _Common:
    return {
        "subscription_id": one.id,
        "user_id": one.person,
        "sku": terms.sku,
        "plan": terms.plan,
        "interval": terms.interval,
        "monthly": terms.monthly,
        "currency": CURRENCY,
    }
