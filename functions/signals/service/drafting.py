"""From a strategy's idea to a draft: on the tick grid, signed, with its disclosures and warnings."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from kit.events.trading_signals import SignalDrafted
from kit.money import on_tick
from signals.model.market import LENGTH, Candle, Instrument
from signals.model.signal import AnalystId, Signal, Terms, horizon_of, identity
from signals.policies import CompliancePolicy
from signals.policies.compliance import warnings_due
from signals.strategies.window import Idea


@dataclass(frozen=True, slots=True)
class Desk:
    """Who signs what the strategies find, and what stands under it."""

    analyst: AnalystId
    disclaimer: str
    ai_generated: bool


def draft_from(
    idea: Idea,
    *,
    strategy: str,
    candle: Candle,
    instrument: Instrument,
    desk: Desk,
    policy: CompliancePolicy,
    now: datetime,
) -> Signal | None:
    """Return the draft of ``idea`` on ``candle``; None when the tick grid leaves no positive price."""
    entry, stop, *targets = (
        on_tick(Decimal(price), instrument.tick) for price in (idea.entry, idea.stop, *idea.targets)
    )
    if min(entry, stop, *targets) <= 0:
        return None
    life = idea.life * LENGTH[candle.timeframe]
    terms = Terms(
        symbol=candle.symbol,
        timeframe=candle.timeframe,
        strategy=strategy,
        candle_at=candle.closed_at,
        side=idea.side,
        entry=entry,
        stop=stop,
        targets=tuple(targets),
        currency=instrument.currency,
        tick=instrument.tick,
        confidence=idea.confidence,
        horizon=horizon_of(life),
        expires_at=candle.closed_at + life,
        rationale=idea.rationale,
        disclaimer=desk.disclaimer,
        analyst=desk.analyst,
        ai_generated=desk.ai_generated,
    )
    terms = replace(terms, warnings=warnings_due(terms, policy))
    return Signal(identity(terms.symbol, terms.timeframe, strategy, terms.candle_at), terms, drafted_at=now)


def drafted(signal: Signal) -> SignalDrafted:
    """Return the fact that ``signal`` was drafted."""
    terms = signal.terms
    return SignalDrafted(
        signal_id=signal.id,
        symbol=terms.symbol,
        timeframe=terms.timeframe,
        side=terms.side,
        entry=terms.entry,
        stop=terms.stop,
        targets=terms.targets,
        currency=terms.currency,
        tick=terms.tick,
        confidence=terms.confidence,
        horizon=terms.horizon,
        expires_at=terms.expires_at,
        rationale=terms.rationale,
        analyst=terms.analyst,
        strategy=terms.strategy,
        ai_generated=bool(terms.ai_generated),
        disclaimer=terms.disclaimer,
        drafted_at=signal.drafted_at,
    )
