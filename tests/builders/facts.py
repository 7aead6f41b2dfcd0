"""Facts of signals' lives, as the bus tells them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from builders.signals import NOW
from kit import events
from kit.events import Event
from kit.events.trading_signals import (
    Commitment,
    SignalCancelled,
    SignalClosed,
    SignalPublished,
    SignalRecalled,
    SignalVoided,
)
from kit.ids import uuid7

PROMISE = Commitment(number=1, hash="0" * 64)


def published(signal_id: str = "", **changed: Any) -> Event[SignalPublished]:
    """Return the fact of a signal bought at 100 with its stop at 95: its risk is 5."""
    signal_id = signal_id or uuid7()
    given: dict[str, Any] = {
        "symbol": "AAPL",
        "timeframe": "1d",
        "side": "buy",
        "entry": Decimal(100),
        "stop": Decimal(95),
        "targets": (Decimal(110),),
        "currency": "USD",
        "tick": Decimal("0.01"),
        "confidence": 80,
        "horizon": "swing",
        "expires_at": NOW + timedelta(days=20),
        "rationale": "It rose.",
        "analyst": "treum-house",
        "strategy": "ema-trend-1",
        "ai_generated": False,
        "disclaimer": "Markets carry risk.",
        "commitment": PROMISE,
        "policy_version": "p",
        "published_at": NOW,
    }
    data = SignalPublished(signal_id=signal_id, **(given | changed))
    return events.new(data, subject=signal_id, version=3)


def closed(of: Event[Any], exit_price: str, outcome: str = "target_hit", **changed: Any) -> Event[Any]:
    """Return the fact that ``of`` ended at ``exit_price``."""
    given: dict[str, Any] = {"mfe": Decimal(10), "mae": Decimal("2.5"), "closed_at": NOW}
    data = SignalClosed(
        signal_id=of.subject,
        symbol=of.data.symbol,
        outcome=outcome,  # type: ignore[arg-type]  # a test may name any of them
        exit_price=Decimal(exit_price),
        **(given | changed),
    )
    return events.new(data, subject=of.subject, version=4)


def cancelled(of: Event[Any], exit_price: str | None = None) -> Event[Any]:
    """Return the fact that a person ended ``of``, at the market or without a price."""
    data = SignalCancelled(
        signal_id=of.subject,
        symbol=of.data.symbol,
        reason="news",
        cancelled_by="person",
        cancelled_at=NOW,
        exit_price=None if exit_price is None else Decimal(exit_price),
    )
    return events.new(data, subject=of.subject, version=4)


def recalled(of: Event[Any]) -> Event[Any]:
    """Return the fact that ``of`` was called back."""
    data = SignalRecalled(
        signal_id=of.subject, symbol=of.data.symbol, reason="a typo", recalled_by="person", recalled_at=NOW
    )
    return events.new(data, subject=of.subject, version=5)


def voided(at: datetime = NOW, **changed: Any) -> Event[Any]:
    """Return the fact that a promise was never published."""
    signal_id = uuid7()
    given: dict[str, Any] = {
        "symbol": "AAPL",
        "timeframe": "1d",
        "analyst": "treum-house",
        "strategy": "ema-trend-1",
        "commitment": PROMISE,
        "reason": "EXPIRED",
        "voided_at": at,
    }
    data = SignalVoided(signal_id=signal_id, **(given | changed))
    return events.new(data, subject=signal_id, version=3)
