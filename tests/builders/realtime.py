"""Builders for realtime: registrations, callers, signal events."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from kit import events, ids
from kit.events import Event
from kit.events.trading_signals import (
    Commitment,
    SignalClosed,
    SignalPublished,
    SignalRecalled,
    SignalRevised,
)
from kit.identity import Caller, Plan
from realtime.model import ConnectionId, Registration

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def registration(
    connection: str, subject: str = "user-1", plan: Plan = "premium", **changes: Any
) -> Registration:
    fields: dict[str, Any] = {
        "family": "family-1",
        "connected_at": NOW.timestamp(),
        "ticket_at": NOW.timestamp() - 1,
    }
    return Registration(ConnectionId(connection), subject, plan, **(fields | changes))


def caller(subject: str = "user-1", plan: Plan = "premium") -> Caller:
    return Caller(subject=subject, roles=frozenset({"user"}), plan=plan, family="family-1")


def published(signal: str | None = None) -> Event[SignalPublished]:
    subject = signal or ids.uuid7()
    data = SignalPublished(
        signal_id=subject,
        symbol="NIFTY",
        timeframe="5m",
        side="buy",
        entry=Decimal("100.05"),
        stop=Decimal("99.00"),
        targets=(Decimal("102.00"),),
        currency="INR",
        tick=Decimal("0.05"),
        confidence=70,
        horizon="intraday",
        expires_at=NOW + timedelta(hours=6),
        rationale="the trend holds",
        analyst="INH000000001",
        strategy="ema-trend",
        ai_generated=False,
        disclaimer="Investments are subject to market risk.",
        commitment=Commitment(number=1, hash="0" * 64),
        policy_version="2026-01",
        published_at=NOW,
    )
    return events.new(data, subject=subject, version=4)


def closed(of: Event[SignalPublished]) -> Event[SignalClosed]:
    data = SignalClosed(
        signal_id=of.subject,
        symbol="NIFTY",
        outcome="target_hit",
        exit_price=Decimal("102.00"),
        mfe=Decimal("2.00"),
        mae=Decimal("0.20"),
        closed_at=NOW + timedelta(hours=1),
    )
    return events.new(data, subject=of.subject, version=of.version + 1, cause=of)


def revised(of: Event[SignalPublished]) -> Event[SignalRevised]:
    data = SignalRevised(
        signal_id=of.subject,
        symbol="NIFTY",
        revision=1,
        stop=Decimal("99.50"),
        targets=of.data.targets,
        expires_at=of.data.expires_at,
        reason="half of the way is done",
        commitment=Commitment(number=2, hash="1" * 64),
        since=NOW + timedelta(minutes=5),
        revised_at=NOW + timedelta(minutes=6),
    )
    return events.new(data, subject=of.subject, version=of.version + 1, cause=of)


def recalled(of: Event[SignalPublished]) -> Event[SignalRecalled]:
    data = SignalRecalled(
        signal_id=of.subject,
        symbol="NIFTY",
        reason="published for the wrong instrument",
        recalled_by="officer-1",
        recalled_at=NOW + timedelta(minutes=7),
    )
    return events.new(data, subject=of.subject, version=of.version + 2, cause=of)
