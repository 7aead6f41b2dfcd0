"""What a person did here, for themselves."""

from datetime import datetime

from kit.http import View


class MoneyView(View):
    """``amount`` minor units of ``currency``."""

    amount: int
    currency: str = "INR"


class PlanView(View):
    """The plan now; ``since`` is null for who never had another."""

    name: str
    since: datetime | None
    until: datetime | None


class FollowingView(View):
    """What the person follows. How it ended is past performance, not told before it is verified."""

    symbols: tuple[str, ...]
    strategies: tuple[str, ...]
    since: datetime


class SummaryView(View):
    """Amounts with tax. ``bought`` counts what the wallet paid too, ``topped_up`` what came into it."""

    bought: MoneyView
    purchases: int
    refunded: MoneyView
    charged_back: MoneyView
    topped_up: MoneyView
    plan: PlanView
    following: FollowingView | None
