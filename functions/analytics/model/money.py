"""Revenue: each event counts by itself, on the day it tells of."""

from collections.abc import Iterable, Iterator
from typing import Final

from analytics.model.days import day_of
from analytics.model.facts import Moved, Movement
from analytics.model.figures import Contribution, Key, Measure

_NET: Final[dict[Movement, Measure]] = {
    "sale": "revenue-net",
    "refund": "refunds-net",
    "chargeback": "chargebacks-net",
}
_TAX: Final[dict[Movement, Measure]] = {
    "sale": "revenue-tax",
    "refund": "refunds-tax",
    "chargeback": "chargebacks-tax",
}


def contributions(facts: Iterable[Moved]) -> Iterator[Contribution]:
    """Yield what money adds: net and tax of a product line, or a deposit in wallets and its return."""
    for one in facts:
        for measure, amount in _parts(one):
            yield Contribution(Key(measure, day_of(one.at), one.line, one.event), amount)


def _parts(one: Moved) -> tuple[tuple[Measure, int], ...]:
    if one.line == "wallet":
        return (("wallet-in" if one.how == "sale" else "wallet-out", one.net + one.tax),)
    return ((_NET[one.how], one.net), (_TAX[one.how], one.tax))
