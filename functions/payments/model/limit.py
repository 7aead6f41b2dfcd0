"""How much of what a KYC tier lets somebody pay in is used: a sum over the Indian financial year (ADR 250).

Counted is the money of the regulated lines, research services and wallets, tax included: what was paid and
did not go back, what waits on open pages, and what a subscription will charge before the year is over.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from payments.model.gateway import Interval
from payments.model.kyc import Tier
from payments.model.ledger import Book
from payments.model.offer import Offer
from payments.model.paper import IST, financial_year
from payments.model.payment import Period
from payments.model.subscription import LIVE, MONTHS, Subscription

REGULATED: Final = frozenset({Book.RESEARCH, Book.WALLET})
"""The lines whose money counts; courses need nobody's identity."""
_APRIL: Final = 4


@dataclass(frozen=True, slots=True)
class PaidIn:
    """What is known of a person's money in a year, in paise, by one look.

    ``paid`` was captured in it, less what went back of it; ``waiting`` is on open pages. ``subscription`` is
    the one to research services that is not over.
    """

    paid: int = 0
    waiting: int = 0
    subscription: Subscription | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """What ``tier`` allows in ``year`` and what of it is used, in paise; ``limit`` None: without one.

    ``coming`` is what the running subscription will charge before the year is over.
    """

    tier: Tier
    limit: int | None
    year: Period
    paid: int
    waiting: int
    coming: int

    @property
    def used(self) -> int:
        """All that counts."""
        return self.paid + self.waiting + self.coming

    def left_for(self, line: Book) -> int | None:
        """Return what is left for something of ``line``, never below nothing; None: there is no limit.

        What is bought of research takes the place of what the running subscription would charge: there is
        one at a time.
        """
        if self.limit is None or line not in REGULATED:
            return None
        return max(0, self.limit - self.used_beside(line))

    def used_beside(self, line: Book) -> int:
        """Return what stays used when something of ``line`` is bought."""
        return self.used - self.coming if line is Book.RESEARCH else self.used


def year_of(at: datetime) -> Period:
    """Return the financial year of ``at``: from 1 April up to the next, in Indian time."""
    begins = financial_year(at)
    return Period(
        datetime(begins, _APRIL, 1, tzinfo=IST),
        datetime(begins + 1, _APRIL, 1, tzinfo=IST),
    )


def charges(first: datetime, interval: Interval, end: datetime) -> int:
    """Return how often something is charged before ``end``, first at ``first`` and then at each ``interval``.

    The day of the month stays, or is the month's last where that is shorter, as gateways bill, in UTC.
    """
    count = 0
    while _later(first, count * MONTHS[interval]) < end:
        count += 1
    return count


def price_of(offer: Offer, now: datetime) -> int:
    """Return what ``offer``, bought ``now``, charges before the financial year is over, in paise with tax.

    The trial that is offered is taken for granted: who had one is weighed without when it begins.
    """
    if offer.interval is None:
        return offer.price
    first = now + timedelta(days=offer.trial_days)
    return offer.price * charges(first, offer.interval, year_of(now).end)


def coming(one: Subscription | None, now: datetime) -> int:
    """Return what ``one`` will charge before the financial year of ``now`` is over, in paise.

    At least as much as a change that was ordered and is not read back yet.
    """
    if one is None or one.life not in LIVE:
        return 0
    own = 0
    if one.ends_at is None:
        terms = one.following or one.terms
        first = one.period.end if one.period else now + timedelta(days=one.trial_days)
        own = max(0, charges(first, terms.interval, year_of(now).end) * terms.price - one.credit)
    return max(own, one.ordered.weight if one.ordered else 0)


def _later(moment: datetime, months: int) -> datetime:
    here = moment.astimezone(UTC)
    year, month = divmod(here.year * 12 + here.month - 1 + months, 12)
    return here.replace(year=year, month=month + 1, day=min(here.day, monthrange(year, month + 1)[1]))
