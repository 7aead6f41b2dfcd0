"""What has to be ended before an erasure, as payments tell it: subscriptions that renew, open refunds."""

from dataclasses import dataclass
from typing import Final

from kit.events import Event
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
from privacy.model.export import PersonId
from privacy.ports import Engagements

SubscriptionFact = (
    SubscriptionStarted
    | SubscriptionRenewed
    | SubscriptionRepriced
    | SubscriptionPastDue
    | SubscriptionRecovered
    | SubscriptionEnding
    | SubscriptionEnded
)
RefundFact = RefundRequested | RefundApproved | RefundDeclined | RefundCompleted | RefundCompensated
_OVER: Final = (SubscriptionEnded, RefundDeclined, RefundCompleted, RefundCompensated)


@dataclass(frozen=True, slots=True)
class Following:
    """Keeps them."""

    engagements: Engagements

    def subscription(self, event: Event[SubscriptionFact]) -> None:
        """Keep whether it renews: one that is cancelled and runs out asks for nothing more."""
        told = event.data
        running_out = isinstance(told, SubscriptionEnding) and not told.resumed
        self.engagements.follow(
            "subscription",
            told.subscription_id,
            PersonId(told.user_id),
            event.version,
            is_open=not (running_out or isinstance(told, _OVER)),
        )

    def refund(self, event: Event[RefundFact]) -> None:
        """Keep whether it is open."""
        told = event.data
        person = PersonId(told.user_id)
        self.engagements.follow(
            "refund", told.refund_id, person, event.version, is_open=not isinstance(told, _OVER)
        )
