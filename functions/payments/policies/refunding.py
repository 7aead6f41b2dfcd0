"""How much of a payment goes back by the rules. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from payments.model.payment import Payment
from payments.model.sale import Sale
from payments.policies import RefundPolicy

Rule = Literal[
    "COURSE_WITHIN_TERMS",
    "COURSE_TOO_LATE",
    "PERIOD_UNUSED",
    "PERIOD_OVER",
    "WALLET_UNSPENT",
    "WALLET_TOO_LATE",
    "NOTHING_LEFT",
    "NOT_PAID",
    "DISPUTED",
]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the rules look at: ``left`` of the payment, and two facts that some purposes have.

    ``progress`` is in percent (None: not known), ``unspent`` what of the wallet, in paise.
    """

    left: Sale
    progress: int | None = None
    unspent: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """``paise`` may go back under ``version``; ``rule`` says why that much, ``left`` is the most there is."""

    paise: int
    left: int
    rule: Rule
    version: str


def quote(policy: RefundPolicy, payment: Payment, known: Circumstances, now: datetime) -> Quote:
    """Return what ``payment`` is worth at ``now``: at most what is left of it, rounded down to the paisa."""
    left = known.left.gross
    if payment.captured_at is None:
        return Quote(0, 0, "NOT_PAID", policy.version)
    if payment.dispute in {"open", "lost"}:
        return Quote(0, left, "DISPUTED", policy.version)
    if left == 0:
        return Quote(0, 0, "NOTHING_LEFT", policy.version)
    paise, rule = _by_purpose(policy, payment, known, now - payment.captured_at, now)
    return Quote(min(paise, left), left, rule, policy.version)


def _by_purpose(
    policy: RefundPolicy, payment: Payment, known: Circumstances, age: timedelta, now: datetime
) -> tuple[int, Rule]:
    if payment.purpose == "course":
        return _course(policy, payment.sale.gross, known.progress or 0, age)
    if payment.purpose == "top_up":
        late = age > timedelta(days=policy.top_up_within_days)
        return (0, "WALLET_TOO_LATE") if late else (known.unspent, "WALLET_UNSPENT")
    return _unused(payment, now)


def _course(policy: RefundPolicy, gross: int, progress: int, age: timedelta) -> tuple[int, Rule]:
    """Progress that nobody knows counts as none: the doubt is the customer's."""
    for rule in policy.courses:
        if age <= timedelta(days=rule.within_days) and progress < rule.below_percent:
            return gross * rule.percent // 100, "COURSE_WITHIN_TERMS"
    return 0, "COURSE_TOO_LATE"


def _unused(payment: Payment, now: datetime) -> tuple[int, Rule]:
    """Fees of the days that have not begun, of all days of the period."""
    if payment.period is None or now >= payment.period.end:
        return 0, "PERIOD_OVER"
    days = -(-(payment.period.end - payment.period.start) // _DAY)
    whole = min(days, (payment.period.end - now) // _DAY) if now > payment.period.start else days
    return payment.sale.gross * whole // days, "PERIOD_UNUSED"
