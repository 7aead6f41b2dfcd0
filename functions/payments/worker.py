"""Entry: reads the gateway's state back after a webhook, for all keys of a batch at once.

One reading serves all notices of a subject in the batch: it begins after the last of them was received. The
readings run beside one another and outside any transaction; then each record is applied in one of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from kit import warm
from kit.errors import Poison
from kit.events import Event, decode
from kit.events.payment_events import GatewayNotified
from kit.kafka import records
from kit.kafka.consumer import Consumer, Context, Response
from kit.stores.postgres import Database
from payments.bootstrap import worker as wiring
from payments.model.notice import GatewayState
from payments.ports.notices import GatewayStates
from payments.service.notices import Keeping, ReadBack

NAME = "payments-worker"
_AT_ONCE = 8
_Found = dict[tuple[str, str], Future[tuple[GatewayState, ...]]]


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the worker works with, asked for at each batch."""

    database: Callable[[], Database]
    read_back: Callable[[], ReadBack]
    states: Callable[[], GatewayStates]
    keeping: Callable[[], Keeping]


class Worker(Consumer):
    """The handler over its wiring; a container works on one batch at a time."""

    def __init__(self, using: Wiring) -> None:
        self._using = using
        self._pool = ThreadPoolExecutor(_AT_ONCE)  # its threads keep their connections to the gateway
        self._reading = 0
        self._found: _Found = {}
        super().__init__(NAME, {GatewayNotified: self._keep}, using.database)

    def handler(self, event: Mapping[str, Any], context: Context) -> Response:
        """Read every subject of the batch once, then apply its records in order."""
        self._reading = self._using.states().next_reading()
        read = self._using.read_back().read
        self._found = {
            (fact.kind, fact.ref): self._pool.submit(read, fact.kind, fact.ref) for fact in _subjects(event)
        }
        return super().handler(event, context)

    def settled(self, event: Event[GatewayNotified]) -> None:
        """Settle the notice, also one passed over: a later one's reading has seen what it tells of."""
        self._using.keeping().settle(event.data)

    def _keep(self, event: Event[GatewayNotified]) -> None:
        fact = event.data
        read = self._found[fact.kind, fact.ref].result()  # raises what the reading raised
        self._using.keeping().keep(read, self._reading)


def _subjects(batch: Mapping[str, Any]) -> Sequence[GatewayNotified]:
    """Return one fact a subject; what cannot be read is the consumer's to set aside."""
    found: dict[tuple[str, str], GatewayNotified] = {}
    for record in records.decode(batch):
        try:
            event = decode(record.value or b"", {GatewayNotified.TYPE: GatewayNotified})
        except Poison:
            continue
        if event is not None:
            found[event.data.kind, event.data.ref] = event.data
    return list(found.values())


handler = Worker(Wiring(wiring.database, wiring.read_back, wiring.states, wiring.keeping)).handler
warm.ahead(lambda: (wiring.keeping(), wiring.read_back()))
