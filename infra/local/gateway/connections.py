"""``@connections``: post to, look at and close one open WebSocket, as the management API does."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from local.gateway.hub import SocketHub
from local.gateway.messages import HttpRequest, HttpResponse, aws_error, json_response
from local.gateway.socket import MAX_MESSAGE, Opened, Socket


def manage(hub: SocketHub, request: HttpRequest) -> HttpResponse:
    """Answer ``POST``, ``GET`` or ``DELETE`` on ``/<stage>/@connections/<id>``, signed."""
    if not request.header("authorization").startswith("AWS4-HMAC-SHA256 "):
        return aws_error(403, "ForbiddenException", "Forbidden: the request is not signed (SigV4)")
    one = hub.sockets.get(unquote(request.raw_path.rpartition("/")[2]))
    if one is None or not one.is_open:
        return aws_error(410, "GoneException", "Gone")
    if request.method == "POST":
        return _post(hub, one, request.body)
    if request.method == "DELETE":
        one.close()
        return HttpResponse(204)
    if request.method == "GET":
        return json_response(200, _shown(one.opened))
    return aws_error(403, "ForbiddenException", "Forbidden")


def _post(hub: SocketHub, one: Socket, body: bytes) -> HttpResponse:
    if len(body) > MAX_MESSAGE:
        return aws_error(413, "PayloadTooLargeException", f"A message may have {MAX_MESSAGE} bytes")
    if not hub.post(one, body):
        return aws_error(429, "LimitExceededException", "The client reads too slowly: its buffer is full")
    return HttpResponse(200)


def _shown(opened: Opened) -> dict[str, Any]:
    return {
        "connectedAt": _iso(opened.connected_at),
        "lastActiveAt": _iso(opened.last_active_at),
        "identity": {
            "sourceIp": opened.identity["sourceIp"],
            "userAgent": opened.identity["userAgent"],
        },
    }


def _iso(epoch_s: float) -> str:
    return datetime.fromtimestamp(epoch_s, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
