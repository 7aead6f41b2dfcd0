"""What the reconciler found."""

from datetime import date, datetime
from typing import Literal

from kit.http import View
from payments.model.reconciliation import Difference


class RunView(View):
    """The newest look: what was new on both sides, whose access was looked at, what changed."""

    at: datetime
    entries: int
    postings: int
    looked_at: int
    opened: int
    cleared: int


class FindingView(View):
    """Something that must agree and does not, since when; paise, or counts of payments and entitlements."""

    what: Difference
    about: str
    expected: int
    found: int
    since: datetime


class SettlementView(View):
    """A day of one product line at the gateway, in paise.

    net = payments + adjustments - refunds - fees - transfers.

    ``line`` null: money that is nobody's yet. ``adjustments`` is signed: what banks took and gave back.
    """

    day: date
    line: Literal["courses", "research", "wallet"] | None
    payments: int
    adjustments: int
    refunds: int
    fees: int
    transfers: int
    net: int
    adds_up: bool


class ReconciliationView(View):
    """``agree``: nothing differs. ``run`` is null before the first look."""

    agree: bool
    run: RunView | None
    differences: tuple[FindingView, ...]
    settlements: tuple[SettlementView, ...]
