"""The WebSocket API: handshake with its authorizer, routes by message, life and idle limits."""

import asyncio
import base64
import os
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from websockets.datastructures import Headers
from websockets.http11 import Request
from websockets.server import ServerProtocol

from local.gateway.authorizer import Allowed, Authorizers
from local.gateway.events import every, forwarded, last, socket_arn, socket_context, socket_identity
from local.gateway.http import HttpConnection
from local.gateway.messages import HttpRequest, HttpResponse, json_response
from local.gateway.socket import Opened, Socket
from local.model import Invocation, Invoker, SocketApi
from local.runtime.job import request_id

MAX_LIFE_S = 2 * 3600.0
MAX_IDLE_S = 600.0
_SWEEP_S = 0.25
_CLIENT_ERROR = 400
_REFUSED = {"UNAUTHORIZED": 401, "ACCESS_DENIED": 403}


class SocketHub:
    """Every open connection by its id. ``now`` is the test clock: moving it ends lives and idleness."""

    def __init__(
        self,
        api: SocketApi,
        invoker: Invoker,
        *,
        now: Callable[[], float],
        port: int,
        record: Callable[[str], None],
        send_buffer: int,
    ) -> None:
        self.api = api
        self.sockets: dict[str, Socket] = {}
        self.frames_in = self.frames_out = 0
        self._invoker = invoker
        self._authorizers = Authorizers(invoker)
        self._now = now
        self._port = port
        self._record = record
        self._send_buffer = send_buffer
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch lives and idleness."""
        self._sweeper = asyncio.get_running_loop().create_task(self._sweep())

    async def stop(self) -> None:
        """Close every connection; their ``$disconnect`` routes are not waited for."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for one in list(self.sockets.values()):
            one.close(going_away=True)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ---- handshake ----

    async def open(self, request: HttpRequest, connection: HttpConnection, early: bytes) -> None:
        """Authorise, run ``$connect`` and accept, or answer the refusal."""
        opened = self._describe(request)
        event = self._handshake_event(request, opened)
        refusal = await self._admit(event, opened)
        if refusal is None:
            asked = Request(request.target, Headers(request.headers), request.method)
            handshake = ServerProtocol().accept(asked)
            if handshake.status_code != 101:  # noqa: PLR2004 - Switching Protocols
                headers = list(handshake.headers.raw_items())
                refusal = HttpResponse(handshake.status_code, headers, bytes(handshake.body))
        if refusal is not None:
            connection.answer(refusal, keep_alive=False)
            connection.transport.resume_reading()
            return
        transport = connection.transport
        if transport.is_closing():
            self._run(self._disconnected(opened, None, "Connection closed during the handshake"))
            return
        one = Socket(self, opened, transport, self._send_buffer)
        connection.released()
        transport.set_protocol(one)
        self.sockets[opened.connection_id] = one
        transport.write(handshake.serialize())
        transport.resume_reading()
        if early:
            one.data_received(early)

    async def _admit(self, event: dict[str, Any], opened: Opened) -> HttpResponse | None:
        if self.api.authorizer is not None:
            arn = socket_arn(self.api.stage)
            verdict = await self._authorizers.check(self.api.authorizer, event, arn)
            if not isinstance(verdict, Allowed):
                status = _REFUSED.get(verdict, 500)
                message = {401: "Unauthorized", 403: "User is not authorized to access this resource"}
                body = {"message": message.get(status, "Internal server error")}
                return json_response(status, body)
            opened.authorizer = verdict.context
            event["requestContext"]["authorizer"] = verdict.context
        function = self.api.routes.get("$connect")
        if function is None:
            return None
        outcome = await self._invoker.invoke(function, msgspec.json.encode(event))
        status = _status(outcome)
        if status < _CLIENT_ERROR:
            return None
        return json_response(status, {"message": "The connection was refused"})

    def _describe(self, request: HttpRequest) -> Opened:
        now = self._now()
        return Opened(
            connection_id=base64.urlsafe_b64encode(os.urandom(11)).decode(),
            connected_at=now,
            last_active_at=now,
            identity=socket_identity(request),
            authorizer=None,
            domain=request.header("host").partition(":")[0],
        )

    def _handshake_event(self, request: HttpRequest, opened: Opened) -> dict[str, Any]:
        context = self._context(opened, "CONNECT", "$connect")
        headers = forwarded(request, self._port, f"Root=1-{context['requestId'].replace('-', '')[:32]}")
        query = request.query
        return {
            "headers": last(headers),
            "multiValueHeaders": every(headers),
            "queryStringParameters": last(query),
            "multiValueQueryStringParameters": every(query),
            "requestContext": context,
            "isBase64Encoded": False,
        }

    # ---- messages and the end ----

    def message(self, one: Socket, body: str | bytes) -> asyncio.Task[None]:
        """Run the route of ``body``."""
        self.frames_in += 1
        one.opened.last_active_at = self._now()
        return self._run(self._route(one, body))

    async def _route(self, one: Socket, body: str | bytes) -> None:
        key = route_key(self.api, body)
        function = self.api.routes.get(key)
        context = self._context(one.opened, "MESSAGE", key)
        context["messageId"] = context["requestId"]
        if function is None:
            self._complain(one, "Forbidden", context)
            return
        text = body if isinstance(body, str) else base64.b64encode(body).decode()
        event = {"requestContext": context, "body": text, "isBase64Encoded": isinstance(body, bytes)}
        outcome = await self._invoker.invoke(function, msgspec.json.encode(event))
        if outcome.error is not None:
            self._complain(one, "Internal server error", context)

    def _complain(self, one: Socket, message: str, context: Mapping[str, Any]) -> None:
        body = {
            "message": message,
            "connectionId": context["connectionId"],
            "requestId": context["requestId"],
        }
        if one.is_open:
            one.post(msgspec.json.encode(body))

    def post(self, one: Socket, body: bytes) -> bool:
        """Send ``body`` to the client; False when its buffer is full."""
        if not one.post(body):
            return False
        self.frames_out += 1
        one.opened.last_active_at = self._now()
        return True

    def closed(self, one: Socket, code: int | None, reason: str) -> None:
        """Forget the connection and run ``$disconnect``."""
        self.sockets.pop(one.opened.connection_id, None)
        self._run(self._disconnected(one.opened, code, reason))

    async def _disconnected(self, opened: Opened, code: int | None, reason: str) -> None:
        function = self.api.routes.get("$disconnect")
        if function is None:
            return
        context = self._context(opened, "DISCONNECT", "$disconnect")
        context |= {"disconnectStatusCode": code or 1006, "disconnectReason": reason}
        event = {"requestContext": context, "isBase64Encoded": False}
        if (await self._invoker.invoke(function, msgspec.json.encode(event))).error is not None:
            self._record(f"{function} failed on $disconnect")

    def _context(self, opened: Opened, kind: str, key: str) -> dict[str, Any]:
        context = socket_context(
            kind=kind,
            route_key=key,
            connection_id=opened.connection_id,
            stage=self.api.stage,
            request_id=request_id(),
            now=self._now(),
        )
        context["connectedAt"] = int(opened.connected_at * 1000)
        context["identity"] = opened.identity
        context["domainName"] = opened.domain
        if opened.authorizer is not None:
            context["authorizer"] = opened.authorizer
        return context

    def _run(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_S)
            now = self._now()
            for one in list(self.sockets.values()):
                opened = one.opened
                idle = now - opened.last_active_at >= MAX_IDLE_S
                if idle or now - opened.connected_at >= MAX_LIFE_S:
                    one.close(going_away=True)


def route_key(api: SocketApi, body: str | bytes) -> str:
    """Return the route a message selects: the value its selection expression names, else ``$default``."""
    path = api.selection_expression.removeprefix("$request.body.").split(".")
    try:
        value: Any = msgspec.json.decode(body)
        for part in path:
            value = value[part]
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, IndexError):
        return "$default"
    return value if isinstance(value, str) and value in api.routes and value[:1] != "$" else "$default"


def _status(outcome: Invocation) -> int:
    """Return the status a ``$connect`` integration answered; 502 when it failed."""
    if outcome.error is not None:
        return 502
    try:
        return int(msgspec.json.decode(outcome.payload)["statusCode"])
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return 502
