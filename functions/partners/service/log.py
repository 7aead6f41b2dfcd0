"""Show what was sent, send it again, and try an endpoint out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kit import clock, ids
from partners.errors import DeliveryUnknown, EndpointClosed, EndpointUnknown
from partners.model.application import OwnerId
from partners.model.webhook import TEST, DeliveryId, EndpointId, Message, MessageId
from partners.ports import DeliveryLog, Endpoints, Logged, LogQuery, Tried
from partners.service.recording import encode

MOST_REPLAYED: Final = 1_000
KEPT: Final = timedelta(days=30)
_FORGOTTEN_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Logs:
    """What owners see and ask of their deliveries."""

    log: DeliveryLog
    endpoints: Endpoints

    def page(self, owner: OwnerId, endpoint: EndpointId, query: LogQuery) -> list[Logged]:
        """Return deliveries, the newest first. Raises ``EndpointUnknown``."""
        if self.endpoints.find(owner, endpoint) is None:
            raise EndpointUnknown
        return self.log.page(owner, endpoint, query)

    def read(self, owner: OwnerId, delivery: DeliveryId) -> tuple[Logged, str, list[Tried]]:
        """Return a delivery, its body and its attempts. Raises ``DeliveryUnknown``."""
        found = self.log.find(owner, delivery)
        if found is None:
            raise DeliveryUnknown
        return found

    def test(self, owner: OwnerId, endpoint: EndpointId) -> DeliveryId:
        """Plan a message that says nothing but that it is a test. Raises as :meth:`replay_failed`."""
        now = clock.now()
        name = MessageId("msg_" + ids.uuid7().replace("-", ""))
        body = encode(TEST, now.isoformat(), {"endpoint_id": endpoint})
        planned = self.log.plan(owner, endpoint, Message(name, TEST, body, now), now)
        if planned is None:
            raise self._why_not(owner, endpoint)
        return planned

    def replay(self, owner: OwnerId, endpoint: EndpointId, delivery: DeliveryId) -> None:
        """Send one again, whatever came of it. Raises ``DeliveryUnknown``, ``EndpointClosed``."""
        begun = self.log.replay(owner, endpoint, delivery, clock.now())
        if begun is None:
            raise DeliveryUnknown
        if not begun:
            raise EndpointClosed

    def replay_failed(self, owner: OwnerId, endpoint: EndpointId, since: datetime) -> int:
        """Send again what failed of what was created since then, up to a thousand, the oldest first.

        Raises ``EndpointUnknown``, ``EndpointClosed``.
        """
        begun = self.log.replay_failed(owner, endpoint, since, MOST_REPLAYED, clock.now())
        if begun is None:
            raise self._why_not(owner, endpoint)
        return begun

    def _why_not(self, owner: OwnerId, endpoint: EndpointId) -> EndpointUnknown | EndpointClosed:
        return EndpointUnknown() if self.endpoints.find(owner, endpoint) is None else EndpointClosed()


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Keeps the log for thirty days."""

    log: DeliveryLog

    def forget(self) -> int:
        """Delete a bounded number of messages past that; return how many."""
        return self.log.forget(clock.now() - KEPT, _FORGOTTEN_AT_ONCE)
