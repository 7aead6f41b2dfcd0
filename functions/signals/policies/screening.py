"""The first gate: is it confident enough, is it news, and may a rule approve it. Pure."""

from collections.abc import Iterable
from typing import Final

from signals.model.market import LENGTH
from signals.model.signal import Signal
from signals.policies import ScreeningPolicy

STILL_OPEN: Final = frozenset({"draft", "awaiting_approval", "escalated", "approved", "live"})
RULE: Final = "rule:confidence"


def findings(signal: Signal, policy: ScreeningPolicy, others: Iterable[Signal]) -> tuple[str, ...]:
    """Return why ``signal`` is screened out, empty when it passes.

    ``others`` passed screening, on the same instrument and timeframe. One that is still open on the same
    side, of an earlier candle or a later one, makes this one a duplicate; a recent one before it, in market
    time, means a cooldown.
    """
    terms, found = signal.terms, []
    known = [one for one in others if one.id != signal.id]
    before = [one for one in known if one.terms.candle_at <= terms.candle_at]
    if terms.confidence <= policy.confidence_above:
        found.append("CONFIDENCE_TOO_LOW")
    if any(one.status in STILL_OPEN and one.terms.side == terms.side for one in known):
        found.append("DUPLICATE")
    quiet_from = terms.candle_at - policy.cooldown_candles * LENGTH[terms.timeframe]
    if any(one.terms.candle_at > quiet_from for one in before):
        found.append("COOLDOWN")
    return tuple(found)


def approved_by_rule(signal: Signal, policy: ScreeningPolicy) -> bool:
    """Whether a rule may approve ``signal``: what a person wrote needs a second person."""
    return not signal.drafted_by and signal.terms.confidence >= policy.approve_by_rule_from
