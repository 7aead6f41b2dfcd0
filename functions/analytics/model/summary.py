"""What one person did here, from their own facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from analytics.model.facts import Chose, Entitled, Fact, Moved
from kit.identity import Plan


@dataclass(frozen=True, slots=True)
class Summary:
    """Paise with tax. ``plan_since`` is when this plan began, None for who never had another."""

    bought: int = 0
    purchases: int = 0
    refunded: int = 0
    charged_back: int = 0
    topped_up: int = 0
    plan: Plan = "free"
    plan_since: datetime | None = None
    plan_until: datetime | None = None
    symbols: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    following_since: datetime | None = None


def summary_of(facts: Iterable[Fact]) -> Summary:
    """Return what ``facts`` of one person come to, in any order."""
    known = sorted(facts, key=lambda one: one.order)
    moved = [one for one in known if isinstance(one, Moved)]
    sold = [one for one in moved if one.line != "wallet"]
    plan = _standing([one for one in known if isinstance(one, Entitled)])
    choice = next((one for one in reversed(known) if isinstance(one, Chose)), None)
    return Summary(
        bought=_gross(one for one in sold if one.how == "sale"),
        purchases=sum(one.how == "sale" for one in sold),
        refunded=_gross(one for one in moved if one.how == "refund"),
        charged_back=_gross(one for one in moved if one.how == "chargeback"),
        topped_up=_gross(one for one in moved if one.line == "wallet" and one.how == "sale"),
        plan=plan[0],
        plan_since=plan[1],
        plan_until=plan[2],
        symbols=choice.symbols if choice else (),
        strategies=choice.strategies if choice else (),
        following_since=choice.at if choice else None,
    )


def _standing(changes: Iterable[Entitled]) -> tuple[Plan, datetime | None, datetime | None]:
    plan: Plan = "free"
    since = until = None
    for one in changes:
        if one.plan != plan:
            plan, since = one.plan, one.at
        until = one.until
    return plan, since, until


def _gross(moved: Iterable[Moved]) -> int:
    return sum(one.net + one.tax for one in moved)
