"""Posts frames to many connections at once over few keep-alive sockets.

Frames of one connection go one after the other: the next only after the previous was answered. Frames of
different connections overtake one another freely.
"""

import selectors
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from kit import clock
from kit.aws.wire import Endpoint
from realtime.adapters.lanes import Lane
from realtime.adapters.signing import Signer
from realtime.parcels import Record

_GONE = 410
_OK = 300
_TOO_LARGE = 413
_SERVER_ERROR = 500
_TRIES = 3
_ANSWER_WITHIN_S = 3.0
_EMPTY = sha256(b"").hexdigest()


@dataclass(slots=True)
class Step:
    """One request to one connection, with the number of times it was tried."""

    method: str
    body: bytes
    digest: str
    tried: int = 0


@dataclass(slots=True)
class Outcome:
    """What a round ended in. ``lost``: connections whose frames could not be posted in time."""

    posted: int = 0
    gone: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)


class Poster:
    """Not for threads; keeps its sockets between rounds."""

    def __init__(self, endpoint: Endpoint, signer: Signer, *, width: int = 32) -> None:
        self._signer = signer
        self._lanes = [Lane(endpoint) for _ in range(width)]

    def deliver(self, records: Iterable[Record], timeout_s: float) -> Outcome:
        """Post the frames of ``records`` in order for each connection; return what became of them."""
        return _Round(self._signer, self._lanes, clock.monotonic() + timeout_s).run(plan(records))

    def close(self) -> None:
        """Close every socket."""
        for lane in self._lanes:
            lane.close()


def plan(records: Iterable[Record]) -> dict[str, deque[Step]]:
    """Return the steps of each connection; a frame's body and hash are shared by all of its connections."""
    queues: dict[str, deque[Step]] = {}
    for record in records:
        digest = sha256(record.frame).hexdigest()
        for connection in record.connections:
            queue = queues.setdefault(connection, deque())
            queue.append(Step("POST", record.frame, digest))
            if record.then_close:
                queue.append(Step("DELETE", b"", _EMPTY))
    return queues


class _Round:
    def __init__(self, signer: Signer, lanes: list[Lane], until: float) -> None:
        self._signer = signer
        self._idle = lanes[::-1]
        self._until = until
        self._busy: dict[Lane, tuple[str, float]] = {}
        self._queues: dict[str, deque[Step]] = {}
        self._ready: deque[str] = deque()
        self._selector = selectors.DefaultSelector()
        self._watched: dict[Lane, int] = {}
        self._out = Outcome()

    def run(self, queues: dict[str, deque[Step]]) -> Outcome:
        self._queues = queues
        self._ready.extend(queues)
        try:
            while (self._ready or self._busy) and clock.monotonic() < self._until:
                self._signer.refresh()
                while self._ready and self._idle:
                    self._begin(self._ready.popleft(), self._idle.pop())
                self._wait()
        finally:
            for lane in self._busy:
                lane.close()  # an answer that comes too late must not be taken for the next one's
            self._selector.close()
        self._out.lost |= {connection for connection, queue in self._queues.items() if queue}
        return self._out

    def _begin(self, connection: str, lane: Lane) -> None:
        step = self._queues[connection][0]
        step.tried += 1
        try:
            if lane.open():
                self._unwatch(lane)  # whatever was known of an older socket, even one of the same number
            lane.send(self._signer.request(step.method, connection, step.body, step.digest))
        except OSError:
            self._broken(connection, lane)
            return
        self._busy[lane] = (connection, clock.monotonic())
        self._watch(lane)

    def _watch(self, lane: Lane) -> None:
        """Watch the lane's socket: registered once a socket, for writing only while it is full."""
        if lane not in self._watched:
            self._selector.register(lane, selectors.EVENT_READ)
            self._watched[lane] = lane.fileno()
        if lane.wants_write:
            self._selector.modify(lane, selectors.EVENT_READ | selectors.EVENT_WRITE)

    def _unwatch(self, lane: Lane) -> None:
        descriptor = self._watched.pop(lane, None)
        if descriptor is not None:
            self._selector.unregister(descriptor)

    def _wait(self) -> None:
        if not self._busy:
            return
        for key, events in self._selector.select(0.2):
            lane = key.fileobj
            assert isinstance(lane, Lane)
            self._progress(lane, events)
        oldest = clock.monotonic() - _ANSWER_WITHIN_S
        for lane in [lane for lane, (_, began) in self._busy.items() if began < oldest]:
            self._fail(lane)

    def _progress(self, lane: Lane, events: int) -> None:
        if lane not in self._busy:  # an idle socket that speaks has been closed by the other side
            self._close(lane)
            return
        try:
            if events & selectors.EVENT_WRITE and lane.wants_write:
                lane.flush()
                if not lane.wants_write:
                    self._selector.modify(lane, selectors.EVENT_READ)
            status = lane.status() if events & selectors.EVENT_READ else None
        except (OSError, ValueError):
            self._fail(lane)
            return
        if status is not None:
            self._answered(lane, status)

    def _fail(self, lane: Lane) -> None:
        connection, _ = self._busy.pop(lane)
        self._broken(connection, lane)

    def _broken(self, connection: str, lane: Lane) -> None:
        # whether the frame arrived is not known: it goes again, under the same offset
        self._close(lane)
        self._idle.append(lane)
        self._again(connection)

    def _close(self, lane: Lane) -> None:
        self._unwatch(lane)  # first: a closed descriptor's number may be another socket's at once
        lane.close()

    def _answered(self, lane: Lane, status: int) -> None:
        connection, _ = self._busy.pop(lane)
        if not lane.keep:
            self._close(lane)
        self._idle.append(lane)
        queue = self._queues[connection]
        if status < _OK or status == _TOO_LARGE:  # nothing makes a frame smaller: a pong shows it missing
            self._out.posted += status < _OK
            queue.popleft()
        elif status == _GONE:
            self._out.gone.add(connection)
            queue.clear()
        elif status < _SERVER_ERROR:
            self._refused(connection)
        else:
            self._again(connection)
            return
        if queue:
            self._ready.append(connection)

    def _refused(self, connection: str) -> None:
        """A full buffer: end the connection, so that it comes back and resumes."""
        queue = self._queues[connection]
        closing = queue[0].method == "DELETE"
        queue.clear()
        self._out.slow.add(connection)
        if not closing:
            queue.append(Step("DELETE", b"", _EMPTY))

    def _again(self, connection: str) -> None:
        queue = self._queues[connection]
        if queue[0].tried < _TRIES:
            self._ready.append(connection)
        else:
            self._out.lost.add(connection)
            queue.clear()
