"""Entry of the consumer: what domains contribute and erase, and what goes on in payments."""

from collections.abc import Callable
from typing import Any, Final, get_args

from kit.events import Data, Event
from kit.events.privacy_events import PrivacyContributed, PrivacyErased
from kit.kafka import Consumer
from privacy.bootstrap import consumer as wiring
from privacy.bootstrap.stores import database
from privacy.service.following import RefundFact, SubscriptionFact


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


ACCEPTED: Final[dict[type[Data], Callable[[Any], None]]] = {
    PrivacyContributed: contributed,
    PrivacyErased: erased,
    **dict.fromkeys(get_args(SubscriptionFact), follow_subscription),
    **dict.fromkeys(get_args(RefundFact), follow_refund),
}
handler = Consumer("privacy-consumer", ACCEPTED, database).handler
