"""Who may use the controls, and how a control's function becomes an HTTP answer."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from local.gateway.messages import HttpRequest, HttpResponse, Problem, json_response
from local.model import LocalError

PREFIX = "/_local"
_LOOPBACK = {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
_HOSTS = {"127.0.0.1", "localhost", "[::1]"}
_MAX_BODY = 64 * 1024

Rest: TypeAlias = str
Query: TypeAlias = Mapping[str, str]
Body: TypeAlias = Mapping[str, Any]
Act: TypeAlias = Callable[[Rest, Query, Body], Awaitable[Any]]
"""Takes the rest of the path, the query and the JSON body; returns JSON."""


class AbsentError(Exception):
    """There is no such control, function or store."""


@dataclass(frozen=True, slots=True)
class Control:
    """``act`` answers ``method`` on ``path`` and, with ``rest``, on everything below it."""

    method: str
    path: str
    act: Act
    rest: bool = False


class Controls:
    """The routes under :data:`PREFIX`, refused to anybody but this machine's own tools and pages."""

    def __init__(self, controls: tuple[Control, ...]) -> None:
        self._controls = controls

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        refused = refusal(request)
        if refused is not None:
            return refused.response()
        path = request.path.removeprefix(PREFIX).rstrip("/") or "/"
        control, rest = self._find(request.method, path)
        if control is None:
            return Problem(404, f"There is no control {request.method} {path}; try GET {PREFIX}").response()
        try:
            return json_response(200, await control.act(rest, dict(request.query), _body(request.body)))
        except (ValueError, TypeError) as error:
            return Problem(422, str(error)).response()
        except (AbsentError, LookupError) as error:
            return Problem(404, str(error)).response()
        except LocalError as error:
            return Problem(409, str(error)).response()

    def _find(self, method: str, path: str) -> tuple[Control | None, str]:
        for control in self._controls:
            if control.method == method and path == control.path:
                return control, ""
            if control.method == method and control.rest and path.startswith(f"{control.path}/"):
                return control, path[len(control.path) + 1 :]
        return None, ""

    def listed(self) -> list[str]:
        """Return every control, for people."""
        return [
            f"{each.method} {PREFIX}{each.path}{'/<name>' if each.rest else ''}" for each in self._controls
        ]


def _body(raw: bytes) -> Mapping[str, Any]:
    body = json.loads(raw or b"{}")
    if not isinstance(body, dict):
        raise TypeError("The body must be a JSON object")
    return body


def refusal(request: HttpRequest) -> Problem | None:
    """Return why ``request`` may not use the controls, or None.

    A page of another site could reach this port from a browser here: its Origin, or a Host made to resolve to
    this machine, gives it away.
    """
    if request.source_ip not in _LOOPBACK:
        return Problem(403, "The controls answer this machine only")
    host = request.header("host")
    if host.rpartition(":")[0] not in _HOSTS and host not in _HOSTS:
        return Problem(403, f"The controls answer to 127.0.0.1 and localhost, not to {host[:100]!r}")
    origin = request.header("origin")
    if origin and origin != f"http://{host}":
        return Problem(403, "The controls answer pages of this platform only")
    if len(request.body) > _MAX_BODY:
        return Problem(413, f"A control's body has at most {_MAX_BODY} bytes")
    return None
