"""What a person may use: facts, each with the payment or subscription it follows from, and their fold.

Nothing here is a switch somebody sets: a plan is the largest of the facts that are paid, not ended and not
revoked. Research services count only once the client is known (KYC, SEBI's rules for research analysts).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NewType

from kit.identity import PLANS, Plan
from payments.model.ledger import PersonId
from payments.model.offer import Sku

Cause = NewType("Cause", str)
"""The id of the payment, or of the subscription, that paid for it."""
Kyc = Literal["not_needed", "verified", "local_grant", "awaited"]
"""Whether the client is known: ``local_grant`` only where a setting of the laptop vouches for everybody."""


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One fact: either a ``plan`` or the ``item`` of a sku. ``ends_at`` None: it does not end."""

    cause: Cause
    person: PersonId
    starts_at: datetime
    plan: Plan | None = None
    item: Sku | None = None
    ends_at: datetime | None = None
    kyc: Kyc = "not_needed"
    revoked_for: str | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it counts at ``at``."""
        ended = self.ends_at is not None and self.ends_at <= at
        return self.starts_at <= at and not ended and self.revoked_for is None and self.kyc != "awaited"


@dataclass(frozen=True, slots=True)
class Standing:
    """The fold of a person's facts: ``valid_until`` ends ``plan``, ``items`` are sorted."""

    plan: Plan = "free"
    valid_until: datetime | None = None
    items: tuple[Sku, ...] = ()


def standing(facts: Iterable[Entitlement], at: datetime) -> Standing:
    """Return what ``facts`` allow at ``at``: the largest plan for as long as it is the largest."""
    held = [one for one in facts if one.holds(at)]
    items = tuple(sorted({one.item for one in held if one.item is not None}))
    plans = [one for one in held if one.plan is not None and one.plan != "free"]
    if not plans:
        return Standing(items=items)
    best = max(plans, key=lambda one: PLANS.index(one.plan or "free")).plan or "free"
    ends = [one.ends_at for one in plans if one.plan == best]
    known = [end for end in ends if end is not None]
    return Standing(best, max(known) if len(known) == len(ends) else None, items)


def next_change(facts: Iterable[Entitlement], after: datetime) -> datetime | None:
    """Return when, after ``after``, the fold may become another one by time alone."""
    moments = [
        moment for one in facts for moment in (one.starts_at, one.ends_at) if moment and moment > after
    ]
    return min(moments, default=None)


def revoked(fact: Entitlement, reason: str) -> Entitlement:
    """Return ``fact`` without effect; the first reason stands."""
    return fact if fact.revoked_for is not None else replace(fact, revoked_for=reason)


def restored(fact: Entitlement) -> Entitlement:
    """Return ``fact`` in effect again."""
    return replace(fact, revoked_for=None)
