"""Entry of the WebSocket API: connect, disconnect, and the frames a client sends."""

import logging
from collections.abc import Mapping
from typing import Any

from kit import clock
from kit.errors import TreumError
from kit.socket import Connection, Sockets
from realtime.bootstrap import socket as wiring
from realtime.frames import Ping, Subscribe, Unsubscribe
from realtime.model import ConnectionId, Registration, Since

_log = logging.getLogger(__name__)


def _registration(connection: Connection) -> Registration:
    caller = connection.caller
    return Registration(
        id=ConnectionId(connection.id),
        subject=caller.subject,
        plan=caller.plan,
        family=caller.family,
        connected_at=connection.connected_at / 1000,
        ticket_at=float(connection.context["ticket_at"]),
    )


def _connect(connection: Connection) -> None:
    wiring.subscriptions().connect(_registration(connection))


def _disconnect(connection: Connection) -> None:
    wiring.subscriptions().disconnect(_registration(connection))


def _subscribe(connection: Connection, frame: Subscribe) -> None:
    since = Since(frame.since.epoch, frame.since.offset) if frame.since else None
    wiring.subscriptions().subscribe(
        _registration(connection), connection.caller, frame.channel, since, clock.now()
    )


def _unsubscribe(connection: Connection, frame: Unsubscribe) -> None:
    wiring.subscriptions().unsubscribe(_registration(connection), connection.caller, frame.channel)


def _ping(connection: Connection, _frame: Ping) -> None:
    wiring.subscriptions().ping(_registration(connection), clock.now())


_sockets = Sockets(
    {
        "subscribe": (Subscribe, _subscribe),
        "unsubscribe": (Unsubscribe, _unsubscribe),
        "ping": (Ping, _ping),
    },
    connect=_connect,
    disconnect=_disconnect,
)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Handle a WebSocket proxy event.

    Errors go the way of all other frames, so that a client meets one order and we need no route response.
    """
    answer = _sockets.handler(event, context)
    frame = answer.pop("body", None)
    if frame is not None:
        _tell(ConnectionId(event["requestContext"]["connectionId"]), frame.encode())
    return answer


def _tell(connection: ConnectionId, frame: bytes) -> None:
    try:
        wiring.outbound().post(connection, [frame])
    except TreumError as error:
        _log.warning("connection %s was not told of an error: %s", connection, error)
