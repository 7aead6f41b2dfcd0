"""The stream over a WebSocket: tickets, reconnecting, resuming, pinging. Callbacks get events in order."""

import asyncio
import contextlib
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from treum_client.ordering import Frame, Gap, Position

_FIRST_BACKOFF_S = 0.1
_LONGEST_BACKOFF_S = 20.0
NO_TICKET = "NO_TICKET"
"""The code ``on_error`` gets when ``ticket`` raised; the stream asks again, later and later."""
_LATER = "TEMPORARILY_UNAVAILABLE"
# a server that is slow must not be asked for the same replay again and again
_ASK_AGAIN_AFTER = 5


class Stream:
    """``url`` is the socket's address; ``ticket`` fetches a new single-use ticket for each connection.

    ``on_event(channel, frame)`` gets each event once and in order; ``on_gap(gap)`` what can never be had;
    ``on_error(code)`` what was refused (``NO_TICKET`` when ``ticket`` raised: it is asked again). A hole is
    resumed after ``patience_s``, and a ping every ``ping_s`` finds a lost tail.
    """

    def __init__(
        self,
        url: str,
        ticket: Callable[[], Awaitable[str]],
        *,
        on_event: Callable[[str, Frame], None],
        on_gap: Callable[[Gap], None] = lambda _gap: None,
        on_error: Callable[[str], None] = lambda _code: None,
        ping_s: float = 300.0,
        patience_s: float = 2.0,
    ) -> None:
        self._url = url
        self._ticket = ticket
        self._on_event = on_event
        self._on_gap = on_gap
        self._on_error = on_error
        self._ping_s = ping_s
        self._patience_s = patience_s
        self._socket: ClientConnection | None = None
        self._closed = False
        self._unanswered: set[str] = set()
        self._asked_at: dict[str, float] = {}
        self._pinged = False
        self._holes: dict[str, int] = {}
        self.positions: dict[str, Position] = {}
        self.connections = 0
        self.ready = asyncio.Event()

    async def run(self) -> None:
        """Stay connected until :meth:`close`, whatever happens to the connection."""
        wait_s = _FIRST_BACKOFF_S
        while not self._closed:
            served = await self._connect()
            self.ready.clear()
            wait_s = _FIRST_BACKOFF_S if served else min(wait_s * 2, _LONGEST_BACKOFF_S)
            if not self._closed:
                await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))  # noqa: S311 - spreads reconnects, hides nothing

    async def _connect(self) -> bool:
        """Live through one connection; return whether it came about."""
        served = False
        ticket = await self._next_ticket()
        if ticket is None:
            return served
        with contextlib.suppress(OSError, WebSocketException, TimeoutError):
            address = f"{self._url}?ticket={ticket}"
            async with connect(address, compression=None, ping_interval=None) as socket:
                served = True
                await self._serve(socket)
        return served

    async def _next_ticket(self) -> str | None:
        """Return a ticket, None when there is none now: a stream that stopped asking would end in silence."""
        try:
            return await self._ticket()
        except Exception:  # noqa: BLE001 - the caller's own code, which may refuse in its own words
            self._on_error(NO_TICKET)
            return None

    async def subscribe(self, channel: str) -> None:
        """Follow a channel, now and after every reconnect."""
        self.positions.setdefault(channel, Position(channel))
        await self._ask(channel)

    async def unsubscribe(self, channel: str) -> None:
        """Stop following a channel."""
        self.positions.pop(channel, None)
        await self._send({"action": "unsubscribe", "channel": channel})

    async def close(self) -> None:
        """End the stream."""
        self._closed = True
        if self._socket is not None:
            await self._socket.close()

    def drop(self) -> None:
        """Cut the connection as a lost network does; the stream comes back and resumes."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def _serve(self, socket: ClientConnection) -> None:
        if self._closed:  # while this connection was being made: nobody would end it any more
            return
        self._socket = socket
        self.connections += 1
        self.ready.set()
        self._pinged = False
        keeper = asyncio.create_task(self._keep())
        try:
            for channel in list(self.positions):
                await self._ask(channel)
            async for raw in socket:
                await self._take(json.loads(raw))
        finally:
            self._socket = None
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper

    async def _keep(self) -> None:
        """Ping now and then, and resume a channel whose hole does not close by itself."""
        clock = asyncio.get_running_loop().time
        pinged = clock()
        while True:
            await asyncio.sleep(min(self._patience_s, self._ping_s))
            for channel, position in list(self.positions.items()):
                stuck = position.waiting and self._holes.get(channel) == position.following
                self._holes[channel] = position.following
                patient = clock() - self._asked_at.get(channel, 0.0) < self._patience_s * _ASK_AGAIN_AFTER
                if (stuck or channel in self._unanswered) and not patient:
                    await self._ask(channel)
            if clock() - pinged >= self._ping_s:
                pinged = clock()
                await self._ping()

    async def _ping(self) -> None:
        if self._pinged:  # the last one was never answered: the connection is dead without saying so
            self.drop()
            return
        self._pinged = True
        await self._send({"action": "ping"})

    async def _take(self, frame: Frame) -> None:
        # a frame without a type is the gateway's own word that a route failed: what was asked is asked again
        kind, position = frame.get("type"), self.positions.get(frame.get("channel", ""))
        if kind == "event" and position is not None:
            self._deliver(position, position.event(frame))
        elif kind == "subscribed" and position is not None:
            self._unanswered.discard(position.channel)
            self._deliver(position, position.subscribed(frame))
        elif kind == "gap":
            self._on_gap(Gap(frame["channel"], frame["from"], frame["to"], frame["snapshot"]))
        else:
            await self._control(kind, frame)

    async def _control(self, kind: str | None, frame: Frame) -> None:
        if kind == "pong":
            self._pinged = False
            for channel, head in frame["heads"].items():
                known = self.positions.get(channel)
                if known is not None and known.behind(head):
                    await self._ask(channel)
        elif kind == "reconnect":
            asyncio.get_running_loop().call_later(frame["after_ms"] / 1000, self.drop)
        elif kind == "error":
            await self._refused(frame)

    def _deliver(self, position: Position, events: list[Frame]) -> None:
        for event in events:
            self._on_event(position.channel, event)

    async def _refused(self, frame: Frame) -> None:
        code: str = frame["code"]
        if code == "RESUBSCRIBE":
            for channel in list(self.positions):
                await self._ask(channel)
            return
        if code != _LATER:  # no use in asking again
            self._unanswered.clear()
            self._on_error(code)

    async def _ask(self, channel: str) -> None:
        frame: dict[str, Any] = {"action": "subscribe", "channel": channel}
        position = self.positions.get(channel)
        self._unanswered.add(channel)
        self._asked_at[channel] = asyncio.get_running_loop().time()
        since = position.since() if position is not None and position.exact else None
        await self._send(frame | ({"since": since} if since else {}))

    async def _send(self, frame: dict[str, Any]) -> None:
        if self._socket is not None:
            with contextlib.suppress(WebSocketException):  # a lost connection is noticed by the reader
                await self._socket.send(json.dumps(frame))
