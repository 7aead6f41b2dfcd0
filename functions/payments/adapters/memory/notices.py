"""Webhooks and read-back states in memory."""

from dataclasses import dataclass, field, replace
from itertools import count

from kit.events import Event
from kit.events.payment_events import GatewayNotified
from payments.model.gateway import Checkout
from payments.model.notice import GatewayState, Notice, NoticeId, PaymentState


@dataclass
class MemoryNotices:
    """See :class:`payments.ports.notices.Notices`; ``told`` is what was told, in order."""

    kept: dict[NoticeId, Notice] = field(default_factory=dict)
    told: list[Event[GatewayNotified]] = field(default_factory=list)
    settled: set[NoticeId] = field(default_factory=set)
    _versions: "count[int]" = field(default_factory=lambda: count(1))

    def next_version(self) -> int:
        """Count."""
        return next(self._versions)

    def receive(self, notice: Notice, event: Event[GatewayNotified] | None) -> bool:
        """Keep it once."""
        if notice.id in self.kept:
            return False
        self.kept[notice.id] = notice
        if event is not None:
            self.told.append(event)
        return True

    def settle(self, notice_id: NoticeId) -> None:
        """Forget the body."""
        if notice_id in self.kept:
            self.kept[notice_id] = replace(self.kept[notice_id], body=b"")
            self.settled.add(notice_id)


@dataclass
class MemoryStates:
    """See :class:`payments.ports.notices.GatewayStates`."""

    known: dict[str, tuple[int, GatewayState]] = field(default_factory=dict)
    _readings: "count[int]" = field(default_factory=lambda: count(1))

    def next_reading(self) -> int:
        """Count."""
        return next(self._readings)

    def keep(self, state: GatewayState, reading: int) -> bool:
        """Keep the later one."""
        ref = ref_of(state)
        if ref in self.known and self.known[ref][0] > reading:
            return False
        self.known[ref] = (reading, state)
        return True

    def find(self, ref: str) -> GatewayState | None:
        """Return what is known."""
        found = self.known.get(ref)
        return found[1] if found else None


def ref_of(state: GatewayState) -> str:
    """Return the gateway's id of what a state is of."""
    if isinstance(state, Checkout):
        return state.ref
    return state.payment.ref if isinstance(state, PaymentState) else state.subscription.ref
