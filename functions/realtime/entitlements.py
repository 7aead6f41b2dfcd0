"""Entry of the consumer of ``user-events``: plans and sessions that end take their sockets with them."""

from typing import Any

from kit.events import Data, Event, decode
from kit.events.user_events import UserPlanChanged, UserSessionsRevoked
from kit.kafka import Consumer, Record
from realtime import bootstrap

_KINDS: dict[str, type[Data]] = {one.TYPE: one for one in (UserPlanChanged, UserSessionsRevoked)}


def _plan(event: Event[UserPlanChanged]) -> None:
    bootstrap.entitlement().record_plan(event)


def _sessions(_event: Event[UserSessionsRevoked]) -> None:
    """Nothing is kept: the revocation itself belongs to users."""


class EntitlementConsumer(Consumer):
    """Acts on the sockets after the commit, and again on a redelivery: ending twice is ending once."""

    def handle(self, record: Record, *, redrive: bool = False) -> bool:
        """Handle one record, then end what it ends. Raises ``Poison`` or ``Retryable``."""
        handled = super().handle(record, redrive=redrive)
        event: Event[Any] | None = decode(record.value or b"", _KINDS) if handled else None
        if event is not None:
            _act(event)
        return handled


def _act(event: Event[Any]) -> None:
    if isinstance(event.data, UserPlanChanged):
        bootstrap.entitlement().apply_plan(event)
    else:
        bootstrap.entitlement().end_sessions(event)


consumer = EntitlementConsumer(
    "realtime-entitlements",
    {UserPlanChanged: _plan, UserSessionsRevoked: _sessions},
    bootstrap.database,
)
handler = consumer.handler
