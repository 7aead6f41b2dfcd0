"""Where a subscription stands, from what the gateway holds of it: a function of the reading and of the time.

Readings may be skipped, repeated or come late: what is derived does not depend on the readings before, but
for the count of our own tries.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from payments.model.gateway import InvoiceRef, InvoiceStatus, PaymentRef, SubscriptionRef, SubscriptionStatus
from payments.model.payment import Period
from payments.model.subscription import Arrears, EndReason, Life, Ordered, Subscription, Terms

LEEWAY: Final = timedelta(days=2)
"""A plan outlives its paid period by this much while the renewal is under way: a gateway bills up to hours
later and tells of it by webhooks that may be late."""
RETRY_AFTER: Final = tuple(timedelta(days=days) for days in (1, 3, 5, 7))
GRACE: Final = timedelta(days=8)
"""The plan stays until a day after the last try, so that its mail can still be answered."""
_LATEST_NEWS: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice of the gateway in our terms; amounts in paise."""

    ref: InvoiceRef
    terms: Terms
    status: InvoiceStatus
    due: int
    paid: int
    period: Period
    payment: PaymentRef | None = None
    paid_at: datetime | None = None
    address: str | None = None
    credit: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """A reading: ``terms`` are those of the next invoice, ``bills`` come oldest first.

    ``ends`` is when the gateway ended it, or is to end it. ``taken``: a refund or a dispute took the plan.
    """

    ref: SubscriptionRef
    status: SubscriptionStatus
    terms: Terms
    ends: datetime | None
    bills: tuple[Bill, ...]
    taken: EndReason | None = None

    @property
    def paid(self) -> tuple[Bill, ...]:
        """Those that are settled, also those that came to nothing, by the begin of their periods."""
        return tuple(sorted((b for b in self.bills if b.status == "paid"), key=lambda b: b.period.start))

    @property
    def owed(self) -> tuple[Bill, ...]:
        """Those that wait for money."""
        return tuple(bill for bill in self.bills if bill.status == "open" and bill.due > 0)


def advance(known: Subscription, course: Course, now: datetime) -> Subscription:
    """Return ``known`` as ``course`` makes it at ``now``; the version is the caller's to raise."""
    if not course.paid:
        over = course.status == "ended" and known.life == "pending"
        return replace(known, ref=course.ref, life="abandoned" if over else known.life)
    newest, live = course.paid[-1], course.status != "ended"
    arrears = _arrears(known, course, now)
    covered = _covered_until(course, newest, arrears)
    life = _life(course, arrears, over=now >= covered)
    return replace(
        known,
        ref=course.ref,
        life=life,
        terms=newest.terms,
        following=course.terms if live and course.terms.name != newest.terms.name else None,
        address=None,
        started_at=course.paid[0].period.start,
        period=newest.period,
        covered_until=covered,
        ends_at=course.ends if live else covered,
        arrears=arrears,
        credit=newest.credit,
        ended_at=max(course.ends or covered, covered) if life == "ended" else None,
        reason=_reason(course, newest) if not live else None,
        ordered=_ordered(known, course, newest),
    )


def next_try(since: datetime, now: datetime) -> datetime | None:
    """Return when a renewal that failed at ``since`` is tried next after ``now``."""
    return next((since + after for after in RETRY_AFTER if since + after > now), None)


def is_trial(known: Subscription, course: Course, bill: Bill) -> bool:
    """Whether ``bill`` is of the period that costs nothing."""
    return known.trial_days > 0 and bill.paid == 0 and bill == course.paid[0]


def _ordered(known: Subscription, course: Course, newest: Bill) -> Ordered | None:
    """Return the change under way until a reading shows it, or that another period came without it."""
    if known.ordered is None or newest.period != known.period:
        return None
    landed = course.ends is None and course.terms.name == known.ordered.name
    return None if landed else known.ordered


def _life(course: Course, arrears: Arrears | None, *, over: bool) -> Life:
    if course.status == "ended":
        return "ended" if over or course.taken else "running_out"
    if course.status == "trialing":
        return "trialing"
    return "past_due" if arrears else "active"


def _arrears(known: Subscription, course: Course, now: datetime) -> Arrears | None:
    """Return what is owed; the days are counted from the renewal, or from when we heard of it too late."""
    if course.status != "past_due" or not course.owed:
        return None
    bill = course.owed[0]
    if known.arrears is not None and known.arrears.invoice == bill.ref:
        return replace(known.arrears, due=bill.due, address=bill.address)
    due_since = bill.period.start
    since = due_since if now - due_since <= _LATEST_NEWS else now
    return Arrears(
        bill.ref, bill.due, since, since + GRACE, next_try_at=next_try(since, now), address=bill.address
    )


def _covered_until(course: Course, newest: Bill, arrears: Arrears | None) -> datetime:
    """Return how long the plan may be used: what is paid for, and what is granted beyond it."""
    end = newest.period.end
    if course.status == "ended":
        return end + _missed(course, newest)
    if arrears is not None:
        return max(end, arrears.grace_until)
    return end if course.ends is not None else end + LEEWAY


def _missed(course: Course, newest: Bill) -> timedelta:
    """Return how long a period that was paid after the end went unused: the customer gets it at its end."""
    if newest.paid_at is None or course.ends is None:
        return timedelta()
    return max(timedelta(), newest.paid_at - course.ends)


def _reason(course: Course, newest: Bill) -> EndReason:
    if course.taken is not None:
        return course.taken
    return "unpaid" if course.owed or _missed(course, newest) else "cancelled"
