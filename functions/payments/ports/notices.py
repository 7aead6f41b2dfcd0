"""Where webhooks are kept, and the gateway's state as we know it."""

from typing import Protocol

from kit.events import Event
from kit.events.payment_events import GatewayNotified
from payments.model.notice import GatewayState, Notice, NoticeId


class Notices(Protocol):
    """Authentic webhooks, each once."""

    def next_version(self) -> int:
        """Return a number that is larger than any given before."""

    def receive(self, notice: Notice, event: Event[GatewayNotified] | None) -> bool:
        """Keep ``notice`` and tell of it, in one transaction; False when it was known (nothing is told)."""

    def settle(self, notice_id: NoticeId) -> None:
        """Note that the state was read back, and forget the body."""


class GatewayStates(Protocol):
    """The newest state read back of each payment, page and subscription."""

    def next_reading(self) -> int:
        """Return the number of a reading that begins now, larger than any given before."""

    def keep(self, state: GatewayState, reading: int) -> bool:
        """Keep ``state`` unless one of a later reading is known; whether it was kept."""

    def find(self, ref: str) -> GatewayState | None:
        """Return the state of the gateway's id ``ref``."""
