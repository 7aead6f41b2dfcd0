"""Entry of the consumer of ``user-events``: plans and sessions that end take their sockets with them."""

from collections.abc import Callable
from typing import Any

from kit import warm
from kit.events import Data, Event
from kit.events.user_events import UserPlanChanged, UserSessionsRevoked
from kit.kafka import Consumer
from kit.stores.postgres import Database
from realtime.bootstrap import delivery, truth
from realtime.service.entitlement import Entitlement

_KINDS: dict[str, type[Data]] = {one.TYPE: one for one in (UserPlanChanged, UserSessionsRevoked)}


class EntitlementConsumer(Consumer):
    """Acts on the sockets after the commit, and again on a redelivery: ending twice is ending once."""

    def __init__(self, database: Callable[[], Database], entitlement: Callable[[], Entitlement]) -> None:
        self._entitlement = entitlement
        super().__init__("realtime-entitlements", dict.fromkeys(_KINDS.values(), self._record), database)

    def settled(self, event: Event[Any]) -> None:
        """End what the event ends."""
        if isinstance(event.data, UserPlanChanged):
            self._entitlement().apply_plan(event)
        else:
            self._entitlement().end_sessions(event)

    def _record(self, event: Event[Any]) -> None:
        if isinstance(event.data, UserPlanChanged):  # a revocation is kept by users, not here
            self._entitlement().record_plan(event)


consumer = EntitlementConsumer(truth.database, delivery.entitlement)
handler = consumer.handler
warm.ahead(delivery.entitlement)
