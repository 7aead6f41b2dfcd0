"""Entry of the consumer: ``trading-signals`` become webhooks, ``user-events`` the plans of owners."""

from typing import Any

from kit import telemetry, warm
from kit.events import Event
from kit.events.trading_signals import (
    SignalCancelled,
    SignalClosed,
    SignalPublished,
    SignalRecalled,
    SignalRevised,
)
from kit.events.user_events import UserPlanChanged
from kit.kafka import Consumer
from partners.bootstrap import consumer as wiring
from partners.bootstrap import stores
from partners.model.application import OwnerId
from partners.service.recording import SignalEvent


def record(event: SignalEvent) -> None:
    """Plan a signal's event for every endpoint that wants it."""
    telemetry.count("WebhooksPlanned", wiring.recording().record(event))


def follow(event: Event[UserPlanChanged]) -> None:
    """Take a plan over."""
    wiring.owners().change(OwnerId(event.data.user_id), event.data.plan, event.version)


class PartnersConsumer(Consumer):
    """Tells the authorizer of a plan once it is committed, again for an event seen before."""

    def settled(self, event: Event[Any]) -> None:
        """Tell. Raises ``Retryable``."""
        if isinstance(event.data, UserPlanChanged):
            stores.mirroring().tell_owner(OwnerId(event.data.user_id))


handler = PartnersConsumer(
    "partners-consumer",
    {
        SignalPublished: record,
        SignalRevised: record,
        SignalRecalled: record,
        SignalClosed: record,
        SignalCancelled: record,
        UserPlanChanged: follow,
    },
    stores.database,
).handler
warm.ahead(wiring.recording)
