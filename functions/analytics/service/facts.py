"""From events to facts: which events count, and what of each is kept."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from analytics.model.facts import Chose, Entitled, Fact, Moved, Movement, Step, Subscribed, Turn, Turned
from analytics.model.figures import EventId
from kit.errors import Poison
from kit.events import Data, Event
from kit.events.payment_events import (
    EntitlementChanged,
    Parts,
    PaymentCaptured,
    PaymentDisputeEnded,
    RefundCompleted,
    SubscriptionEnded,
    SubscriptionPastDue,
    SubscriptionRecovered,
    SubscriptionRenewed,
    SubscriptionRepriced,
    SubscriptionStarted,
)
from kit.events.reader_events import ReaderSignalsChosen
from kit.events.trading_signals import (
    SignalCancelled,
    SignalClosed,
    SignalPublished,
    SignalRecalled,
    SignalVoided,
)

CURRENCY: Final = "INR"
"""The only currency the books have; another cannot be added up with it."""


def fact_of(event: Event[Any], place: int = 0) -> Fact | None:
    """Return what is kept of ``event`` at ``place`` of its chain, None where it adds nothing.

    Raises ``Poison`` for money that is not INR.
    """
    if getattr(event.data, "currency", CURRENCY) != CURRENCY and event.data.TOPIC == PaymentCaptured.TOPIC:
        raise Poison(f"figures are in {CURRENCY}, this is {event.data.currency}")
    fact = _MAKE[type(event.data)](event)
    return replace(fact, place=place) if fact else None


def _moved(event: Event[Any], how: Movement, at: Any, amount: Parts | None = None) -> Moved:
    data = event.data
    amount = amount or data.amount
    return Moved(
        **_head(event, data.user_id, event.subject),
        at=at,
        how=how,
        line=data.line,
        net=amount.net,
        tax=amount.gross - amount.net,
    )


def _captured(event: Event[PaymentCaptured]) -> Fact:
    return _moved(event, "sale", event.data.captured_at)


def _refunded(event: Event[RefundCompleted]) -> Fact:
    return _moved(event, "refund", event.data.completed_at)


def _dispute_ended(event: Event[PaymentDisputeEnded]) -> Fact | None:
    if event.data.outcome == "won":
        return None
    return _moved(event, "chargeback", event.data.ended_at, event.data.left)


def _subscribed(step: Step, at: str) -> Callable[[Event[Any]], Fact]:
    def make(event: Event[Any]) -> Fact:
        data = event.data
        return Subscribed(
            **_head(event, data.user_id, data.subscription_id),
            at=getattr(data, at),
            step=step,
            plan=data.plan,
            monthly=data.monthly,
            trial=getattr(data, "trial", False),
        )

    return make


def _entitled(event: Event[EntitlementChanged]) -> Fact:
    data = event.data
    head = _head(event, data.user_id, data.user_id)
    return Entitled(**head, at=data.changed_at, plan=data.plan, until=data.valid_until)


def _chose(event: Event[ReaderSignalsChosen]) -> Fact:
    data = event.data
    head = _head(event, data.user_id, data.user_id)
    return Chose(**head, at=data.chosen_at, symbols=data.symbols, strategies=data.strategies)


def _published(event: Event[SignalPublished]) -> Fact:
    data = event.data
    return Turned(
        **_head(event, data.signal_id, data.signal_id),
        at=data.published_at,
        turn="published",
        strategy=data.strategy,
        rises=data.side == "buy",
        entry=data.entry,
        stop=data.stop,
    )


def _voided(event: Event[SignalVoided]) -> Fact:
    data = event.data
    head = _head(event, data.signal_id, data.signal_id)
    return Turned(**head, at=data.voided_at, turn="voided", strategy=data.strategy)


def _turned(turn: Turn) -> Callable[[Event[Any]], Fact]:
    def make(event: Event[Any]) -> Fact:
        head = _head(event, event.data.signal_id, event.data.signal_id)
        return Turned(**head, at=event.time, turn=turn, exit=getattr(event.data, "exit_price", None))

    return make


def _head(event: Event[Any], subject: str, about: str) -> dict[str, Any]:
    return {"event": EventId(event.id), "subject": subject, "about": about, "version": event.version}


_MAKE: Final[dict[type[Data], Callable[[Event[Any]], Fact | None]]] = {
    PaymentCaptured: _captured,
    PaymentDisputeEnded: _dispute_ended,
    RefundCompleted: _refunded,
    SubscriptionStarted: _subscribed("started", "started_at"),
    SubscriptionRenewed: _subscribed("renewed", "renewed_at"),
    SubscriptionRepriced: _subscribed("repriced", "repriced_at"),
    SubscriptionPastDue: _subscribed("past_due", "failed_at"),
    SubscriptionRecovered: _subscribed("recovered", "recovered_at"),
    SubscriptionEnded: _subscribed("ended", "ended_at"),
    EntitlementChanged: _entitled,
    ReaderSignalsChosen: _chose,
    SignalPublished: _published,
    SignalVoided: _voided,
    SignalRecalled: _turned("recalled"),
    SignalClosed: _turned("ended"),
    SignalCancelled: _turned("ended"),
}
ACCEPT: Final[dict[str, type[Data]]] = {kind.TYPE: kind for kind in _MAKE}
TOPICS: Final = frozenset(kind.TOPIC for kind in _MAKE)
