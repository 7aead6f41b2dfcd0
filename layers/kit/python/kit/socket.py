"""The WebSocket edge: frames of one connection, parsed, run and answered.

API Gateway calls the function with the route ``$connect``, ``$disconnect``, or the frame's ``action``
(``$default`` for any other). What a handler returns is sent back as a frame, which needs the route response
``$default`` on the API's routes. An error becomes ``{"type": "error", "code": …}``; the connection stays.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from kit.errors import Malformed, Rejected, TreumError, Unauthenticated
from kit.identity import Caller, from_context

_log = logging.getLogger(__name__)
MAX_FRAME_BYTES = 8 * 1024


@dataclass(frozen=True, slots=True)
class Connection:
    """One socket. ``context`` is the flat context of its authorizer; ``connected_at`` Unix milliseconds."""

    id: str
    endpoint: str
    connected_at: int
    ip: str
    context: Mapping[str, str] = field(default_factory=dict)

    @property
    def caller(self) -> Caller:
        """Who the authorizer let in. Raises ``Unauthenticated`` when there was none."""
        try:
            return from_context(self.context)
        except (KeyError, ValueError) as error:
            raise Unauthenticated from error


Frame = Callable[[Connection, Any], Any]
Lifecycle = Callable[[Connection], Any]


class Sockets:
    """``actions`` maps an action to its frame model (a msgspec Struct) and ``fn(connection, frame)``.

    ``connect`` may raise a ``Rejected``: the handshake is then answered with its status.
    ``disconnect`` is best effort, as API Gateway's own is.
    """

    def __init__(
        self,
        actions: Mapping[str, tuple[type[Any], Frame]],
        *,
        connect: Lifecycle | None = None,
        disconnect: Lifecycle | None = None,
    ) -> None:
        self._actions = {name: (msgspec.json.Decoder(model), run) for name, (model, run) in actions.items()}
        self._connect = connect
        self._disconnect = disconnect

    def handler(self, event: Mapping[str, Any], context: object) -> dict[str, Any]:
        """Handle a WebSocket proxy event; return ``statusCode`` and, where there is an answer, ``body``."""
        del context
        asked = event["requestContext"]
        connection = Connection(
            id=asked["connectionId"],
            endpoint=f"https://{asked['domainName']}/{asked['stage']}",
            connected_at=int(asked.get("connectedAt", 0)),
            ip=asked.get("identity", {}).get("sourceIp", ""),
            context={name: str(value) for name, value in asked.get("authorizer", {}).items()},
        )
        match asked["eventType"]:
            case "CONNECT":
                return self._lifecycle(self._connect, connection)
            case "DISCONNECT":
                return self._lifecycle(self._disconnect, connection)
            case _:
                return self._message(connection, event.get("body") or "", asked["routeKey"])

    def _lifecycle(self, run: Lifecycle | None, connection: Connection) -> dict[str, Any]:
        try:
            if run is not None:
                run(connection)
        except TreumError as error:
            _log.warning("connection %s: %s", connection.id, error)
            return {"statusCode": error.status}
        except Exception:  # noqa: BLE001 - the edge
            _log.exception("connection %s failed", connection.id)
            return {"statusCode": 500}
        return {"statusCode": 200}

    def _message(self, connection: Connection, body: str, route: str) -> dict[str, Any]:
        try:
            answer = self._run(connection, body, route)
        except Rejected as error:
            answer = failure(error)
        except TreumError as error:
            _log.warning("connection %s, %s: %s", connection.id, route, error)
            answer = failure(error)
        except Exception:  # noqa: BLE001 - the edge
            _log.exception("connection %s, %s failed", connection.id, route)
            answer = failure(TreumError())
        if answer is None:
            return {"statusCode": 200}
        return {"statusCode": 200, "body": msgspec.json.encode(answer).decode()}

    def _run(self, connection: Connection, body: str, route: str) -> Any:
        found = self._actions.get(route)
        if found is None:
            raise Malformed(f"an action is one of {', '.join(sorted(self._actions))}")
        raw = body.encode(errors="surrogatepass")
        if len(raw) > MAX_FRAME_BYTES:
            raise Malformed(f"a frame holds at most {MAX_FRAME_BYTES} bytes")
        decoder, run = found
        try:
            frame = decoder.decode(raw)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise Malformed(f"the frame cannot be read: {error}") from error
        return run(connection, frame)


def failure(error: TreumError) -> dict[str, str]:
    """Return the error frame for ``error``; what is not the client's to mend keeps its details to itself."""
    detail = error.detail if isinstance(error, Rejected) else error.title
    return {"type": "error", "code": error.code, "detail": detail}
