"""Revenue, monthly recurring revenue, subscriptions, cohorts."""

from datetime import date
from typing import Literal

from kit.http import View

Currency = Literal["INR"]


class RevenueRow(View):
    """A day of a product line, in paise; ``net``, ``refunds`` and ``chargebacks`` are without tax.

    ``kept`` = net - refunds - chargebacks - chargebacks_tax: the tax of a chargeback stays owed.
    """

    day: date
    line: str
    net: int
    tax: int
    refunds: int
    refunds_tax: int
    chargebacks: int
    chargebacks_tax: int
    kept: int


class RevenueSums(View):
    """The rows together."""

    net: int
    tax: int
    refunds: int
    refunds_tax: int
    chargebacks: int
    chargebacks_tax: int
    kept: int


class RevenueView(View):
    """Days without any movement have no row. Deposits in wallets are no revenue."""

    currency: Currency = "INR"
    first: date
    last: date
    rows: tuple[RevenueRow, ...]
    total: RevenueSums


class WaterfallRow(View):
    """A month, in paise: opening + new + expansion + contraction + churn + reactivation = closing.

    Contraction and churn are negative. Rates are null where nobody paid when the month began.
    """

    month: str
    opening: int
    new: int
    expansion: int
    contraction: int
    churn: int
    reactivation: int
    closing: int
    customers_opening: int
    customers_new: int
    customers_churned: int
    customers_reactivated: int
    customers_closing: int
    customer_churn_rate: float | None
    net_revenue_retention: float | None


class WaterfallView(View):
    """Monthly recurring revenue without tax; a yearly plan counts a twelfth."""

    currency: Currency = "INR"
    months: tuple[WaterfallRow, ...]


class StandingRow(View):
    """A plan at the end of a day. Past due ones are among the active or trialing."""

    day: date
    plan: str
    active: int
    trialing: int
    past_due: int


class SubscriptionsView(View):
    """Subscriptions by day and plan."""

    rows: tuple[StandingRow, ...]


class RetainedRow(View):
    """How many of a cohort pay at the end of the month ``after`` months later, and what they bring."""

    after: int
    customers: int
    mrr: int


class CohortRow(View):
    """Everybody whose first paid period began in ``month``."""

    month: str
    size: int
    retained: tuple[RetainedRow, ...]


class CohortsView(View):
    """Cohorts of the months asked for, each up to the last of them."""

    currency: Currency = "INR"
    cohorts: tuple[CohortRow, ...]
