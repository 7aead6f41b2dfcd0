"""Entry of the consumer: ``trading-signals`` become webhooks, ``user-events`` what owners may."""

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
from kit.events.user_events import UserDisabled, UserEnabled, UserPlanChanged
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


def stop(event: Event[UserDisabled]) -> None:
    """Let nothing of a disabled person work."""
    wiring.owners().stand(OwnerId(event.data.user_id), event.version, disabled=True)


def resume(event: Event[UserEnabled]) -> None:
    """Let it work again."""
    wiring.owners().stand(OwnerId(event.data.user_id), event.version, disabled=False)


class PartnersConsumer(Consumer):
    """Tells the authorizer of an owner once it is committed, again for an event seen before."""

    def settled(self, event: Event[Any]) -> None:
        """Tell. Raises ``Retryable``."""
        if isinstance(event.data, UserPlanChanged | UserDisabled | UserEnabled):
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
        UserDisabled: stop,
        UserEnabled: resume,
    },
    stores.database,
).handler
warm.ahead(wiring.recording)
