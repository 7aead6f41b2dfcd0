"""The compliance gate: every rule that a signal breaks, by its code. Pure; the policy says what is due."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from signals.model.signal import Terms
from signals.policies import CompliancePolicy

PENNY_STOCK: Final = "PENNY_STOCK"
MIN_RATIONALE: Final = 40
"""Characters: a sentence, not a word."""


def findings(
    terms: Terms, policy: CompliancePolicy, registered: Callable[[str, date], bool], now: datetime
) -> tuple[str, ...]:
    """Return the codes of the rules that ``terms`` break under ``policy`` at ``now``; empty when compliant.

    ``registered(analyst, day)`` says whether the analyst's registration is in force.
    """
    found = [*_disclosures(terms, policy), *_prices(terms, policy)]
    if not registered(terms.analyst, now.date()):
        found.append("ANALYST_NOT_REGISTERED")
    if terms.candle_at > now - policy.lag:
        found.append("PRICES_TOO_FRESH")
    return tuple(found)


def warnings_due(terms: Terms, policy: CompliancePolicy) -> tuple[str, ...]:
    """Return the warnings that must stand beside ``terms``: rules in rupees know only rupees."""
    floor = policy.penny_stock_below.get(terms.currency)
    return (PENNY_STOCK,) if floor is not None and terms.entry < floor else ()


def _disclosures(terms: Terms, policy: CompliancePolicy) -> Iterator[str]:
    if len(terms.rationale.strip()) < MIN_RATIONALE:
        yield "RATIONALE_MISSING"
    if not terms.disclaimer.strip():
        yield "DISCLAIMER_MISSING"
    if policy.declare_ai_use and terms.ai_generated is None:
        yield "AI_USE_UNDECLARED"
    if not set(warnings_due(terms, policy)) <= set(terms.warnings):
        yield "PENNY_STOCK_WARNING_MISSING"


def _prices(terms: Terms, policy: CompliancePolicy) -> Iterator[str]:
    way = terms.direction
    if (terms.entry - terms.stop) * way <= 0:
        yield "STOP_ON_WRONG_SIDE"
    if not terms.targets or any((price - terms.entry) * way <= 0 for price in terms.targets):
        yield "TARGET_ON_WRONG_SIDE"
    elif terms.horizon == "intraday" and _reach(terms) >= policy.intraday_target_below:
        yield "INTRADAY_TARGET_TOO_FAR"


def _reach(terms: Terms) -> Decimal:
    return max(abs(price / terms.entry - 1) for price in terms.targets)
