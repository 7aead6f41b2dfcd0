"""One open WebSocket: frames by websockets' sans-I/O protocol, messages to the hub, posts to the client."""

import asyncio
import socket as sockets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

MAX_MESSAGE = 128 * 1024
MAX_FRAME = 32 * 1024
_IN_FLIGHT = 16
_GOING_AWAY = 1001


class Hub(Protocol):
    """What a socket tells the API it belongs to."""

    def message(self, one: "Socket", body: str | bytes) -> asyncio.Task[None]:
        """A whole message came in; the task ends when its route has run."""

    def closed(self, one: "Socket", code: int | None, reason: str) -> None:
        """The connection has ended."""


@dataclass(slots=True)
class Opened:
    """What is known of a connection from its handshake. Times are Unix seconds of the test clock."""

    connection_id: str
    connected_at: float
    last_active_at: float
    identity: Mapping[str, Any]
    authorizer: Mapping[str, str] | None
    domain: str
    extra: dict[str, Any] = field(default_factory=dict)


class Socket(asyncio.Protocol):
    """The server's side of one WebSocket, from the accepted handshake to its end."""

    def __init__(self, hub: Hub, opened: Opened, transport: asyncio.Transport, buffer: int) -> None:
        self.opened = opened
        self._hub = hub
        self._protocol = ServerProtocol(state=OPEN, max_size=(MAX_MESSAGE, MAX_FRAME))
        self._transport = transport
        self._buffer = buffer
        self._parts: list[bytes] = []
        self._is_text = True
        self._in_flight = 0
        self._closed = False
        raw = transport.get_extra_info("socket")
        if raw is not None:
            # a small kernel buffer lets a slow consumer show itself within some hundred kilobytes
            raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, buffer)

    # ---- from the client ----

    def data_received(self, data: bytes) -> None:
        """Read frames; answer pings; hand whole messages on."""
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._frame(event)
        self._flush()

    def _frame(self, frame: Frame) -> None:
        if frame.opcode in {Opcode.TEXT, Opcode.BINARY}:
            self._parts, self._is_text = [bytes(frame.data)], frame.opcode is Opcode.TEXT
        elif frame.opcode is Opcode.CONT:
            self._parts.append(bytes(frame.data))
        else:
            return
        if frame.fin:
            body, self._parts = b"".join(self._parts), []
            self._message(body)

    def _message(self, body: bytes) -> None:
        try:
            message: str | bytes = body.decode() if self._is_text else body
        except UnicodeDecodeError:
            self._protocol.fail(1007, "text that is not UTF-8")
            return
        self._in_flight += 1
        if self._in_flight >= _IN_FLIGHT:
            self._transport.pause_reading()
        self._hub.message(self, message).add_done_callback(self._handled)

    def _handled(self, _task: asyncio.Task[None]) -> None:
        self._in_flight -= 1
        if self._in_flight == _IN_FLIGHT - 1 and not self._transport.is_closing():
            self._transport.resume_reading()

    def eof_received(self) -> None:
        """The client will send nothing more."""
        self._protocol.receive_eof()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the hub, once."""
        if not self._closed:
            self._closed = True
            self._protocol.receive_eof()
            reason = "Connection reset" if exc else (self._protocol.close_reason or "")
            self._hub.closed(self, self._protocol.close_code, reason)

    # ---- to the client ----

    @property
    def is_open(self) -> bool:
        """Whether a frame can still be posted."""
        return self._protocol.state is OPEN and not self._transport.is_closing()

    def post(self, data: bytes) -> bool:
        """Send one text frame; False when the client reads too slowly and its buffer is full."""
        if self._transport.get_write_buffer_size() + len(data) > self._buffer:
            return False
        self._protocol.send_text(data)
        self._flush()
        return True

    def close(self, *, going_away: bool = False) -> None:
        """Begin the closing handshake; a client that does not answer is cut off after 2 s."""
        if not self.is_open:
            return
        if going_away:
            self._protocol.send_close(_GOING_AWAY, "Going away")
        else:
            self._protocol.send_close()
        self._flush()
        asyncio.get_running_loop().call_later(2.0, self._transport.abort)

    def _flush(self) -> None:
        for chunk in self._protocol.data_to_send():
            if chunk:
                self._transport.write(chunk)
            else:
                self._transport.close()
