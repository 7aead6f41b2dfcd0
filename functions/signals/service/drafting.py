"""From a strategy's idea, or a person's proposal, to a draft: on the tick grid, signed, with its warnings."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from kit.errors import FieldError
from kit.money import on_tick
from signals.errors import ProposalRefused
from signals.model.market import LENGTH, Candle, Instrument, Timeframe
from signals.model.signal import AnalystId, Side, Signal, Terms, horizon_of, identity
from signals.policies import CompliancePolicy
from signals.policies.compliance import warnings_due

if TYPE_CHECKING:
    from signals.strategies.window import Idea  # which loads numpy: the API and the alerts need none

DISCLAIMER: Final = (
    "Investments in the securities market are subject to market risks: read all related documents carefully. "
    "Registration does not guarantee performance or returns. Based on recorded prices, for education."
)
LONGEST_LIFE: Final = 200
"""Candles."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a person, or a tool in a person's name, proposes; ``life`` counts candles of ``timeframe``.

    Prices are rounded to the instrument's tick. Without ``entry`` the close of the deciding candle is taken.
    """

    symbol: str
    timeframe: Timeframe
    side: Side
    stop: Decimal
    targets: tuple[Decimal, ...]
    confidence: int
    life: int
    rationale: str
    ai_generated: bool | None
    entry: Decimal | None = None
    strategy: str = "by-hand"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who signs what the strategies find, and what stands under it."""

    analyst: AnalystId
    disclaimer: str
    ai_generated: bool


def draft_from(
    idea: "Idea",
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


def terms_of(
    proposal: Proposal,
    candle: Candle,
    instrument: Instrument,
    analyst: AnalystId,
    policy: CompliancePolicy,
) -> Terms:
    """Return the terms of ``proposal`` decided on ``candle``. Raises :class:`ProposalRefused`.

    The entry must be a price that the candle traded: a made-up one would be a made-up result.
    """
    tick = instrument.tick
    entry = on_tick(proposal.entry if proposal.entry is not None else candle.close, tick)
    stop, *targets = (on_tick(price, tick) for price in (proposal.stop, *proposal.targets))
    wrong: list[FieldError] = []
    if not candle.low <= entry <= candle.high:
        told = f"The candle of {candle.closed_at:%Y-%m-%d %H:%M} UTC traded {candle.low} to {candle.high}"
        wrong.append(FieldError("/entry", "ENTRY_OFF_MARKET", told))
    if min(entry, stop, *targets) <= 0:
        wrong.append(FieldError("/stop", "PRICE_NOT_POSITIVE", f"Prices are positive multiples of {tick}"))
    if not 1 <= proposal.life <= LONGEST_LIFE:
        wrong.append(FieldError("/life", "LIFE_OUT_OF_RANGE", f"A signal lives 1 to {LONGEST_LIFE} candles"))
    if wrong:
        raise ProposalRefused(wrong[0].detail, tuple(wrong))
    life = proposal.life * LENGTH[candle.timeframe]
    terms = Terms(
        symbol=candle.symbol,
        timeframe=candle.timeframe,
        strategy=proposal.strategy,
        candle_at=candle.closed_at,
        side=proposal.side,
        entry=entry,
        stop=stop,
        targets=tuple(targets),
        currency=instrument.currency,
        tick=tick,
        confidence=proposal.confidence,
        horizon=horizon_of(life),
        expires_at=candle.closed_at + life,
        rationale=proposal.rationale,
        disclaimer=DISCLAIMER,
        analyst=analyst,
        ai_generated=proposal.ai_generated,
    )
    return replace(terms, warnings=warnings_due(terms, policy))
