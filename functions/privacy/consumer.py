"""Entry of the consumer: what domains contribute and erase, and what goes on in payments."""

from collections.abc import Callable
from typing import Any, Final

from kit.events import Data, Event
from kit.events.payment_events import (
    RefundApproved,
    RefundCompensated,
    RefundCompleted,
    RefundDeclined,
    RefundRequested,
    SubscriptionEnded,
    SubscriptionEnding,
    SubscriptionPastDue,
    SubscriptionRecovered,
    SubscriptionRenewed,
    SubscriptionRepriced,
    SubscriptionStarted,
)
from kit.events.privacy_events import PrivacyContributed, PrivacyErased
from kit.kafka import Consumer
from privacy.bootstrap import consumer as wiring
from privacy.bootstrap.stores import database


def contributed(event: Event[PrivacyContributed]) -> None:
    """Keep a part of an export."""
    wiring.exporting().contributed(event)


def erased(event: Event[PrivacyErased]) -> None:
    """Keep that a domain erased."""
    wiring.erasing().answered(event)


def follow_subscription(event: Event[Any]) -> None:
    """Keep whether a subscription renews."""
    wiring.following().subscription(event)


def follow_refund(event: Event[Any]) -> None:
    """Keep whether a refund is open."""
    wiring.following().refund(event)


_SUBSCRIPTIONS = (
    SubscriptionStarted,
    SubscriptionRenewed,
    SubscriptionRepriced,
    SubscriptionPastDue,
    SubscriptionRecovered,
    SubscriptionEnding,
    SubscriptionEnded,
)
_REFUNDS = (RefundRequested, RefundApproved, RefundDeclined, RefundCompleted, RefundCompensated)
ACCEPTED: Final[dict[type[Data], Callable[[Any], None]]] = {
    PrivacyContributed: contributed,
    PrivacyErased: erased,
    **dict.fromkeys(_SUBSCRIPTIONS, follow_subscription),
    **dict.fromkeys(_REFUNDS, follow_refund),
}
handler = Consumer("privacy-consumer", ACCEPTED, database).handler
