"""Files served to a browser: the console at ``/``, the API's documentation at ``/docs``, the clients."""

import importlib.resources
import mimetypes
import re
from pathlib import Path

from local.gateway.messages import HttpRequest, HttpResponse, Problem

_SERVED = {".html", ".css", ".js", ".mjs", ".json", ".svg", ".png", ".ico", ".webp", ".woff2", ".map"}
_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self' ws://127.0.0.1:* ws://localhost:*; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-cache"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", _POLICY),
]
_RETURNED = re.compile(r"/payments/[0-9a-f-]{36}|/subscriptions|/plans")
"""Where the hosted page leads back to: pages of the web portal, for which the console stands in."""
_LETTERED = {"/account", "/keys", "/privacy"}
"""Where letters lead to, without the end of a file's name (ADR 260)."""
_ASSETS = {"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"}


class Static:
    """Looks files up below a few fixed folders; nothing outside them can be named."""

    def __init__(self, root: Path) -> None:
        self._console = root / "infra" / "console"
        self._clients = root / "clients"
        self._openapi = root / "docs" / "openapi.json"

    def find(self, request: HttpRequest) -> HttpResponse | None:
        """Return the file that ``request`` means, a 404 inside ``/docs``, or None where none is meant."""
        if request.method not in {"GET", "HEAD"}:
            return None
        path = request.path
        if path == "/docs" or path.startswith("/docs/"):
            return self._docs(path.removeprefix("/docs").strip("/"))
        if path.startswith("/clients/"):
            return _file(self._clients, path.removeprefix("/clients/"))
        if _RETURNED.fullmatch(path):
            return _file(self._console, "returned.html")
        if path in _LETTERED:
            return _file(self._console, f"{path[1:]}.html")
        return _file(self._console, path.lstrip("/") or "index.html")

    def _docs(self, name: str) -> HttpResponse:
        if name == "openapi.json":
            found = _file(self._openapi.parent, self._openapi.name)
            return (
                found or Problem(404, "docs/openapi.json is not there: `make generate` writes it").response()
            )
        if not name:
            found = _file(self._console, "docs.html")
        else:
            found = _file(_swagger(), name) if name in _ASSETS else None
        return found or Problem(404, f"There is no {name} in the documentation").response()


def _swagger() -> Path:
    folder = Path(str(importlib.resources.files("swagger_ui_bundle"))) / "vendor"
    return max(folder.glob("swagger-ui-*"))


def _file(folder: Path, name: str) -> HttpResponse | None:
    """Return the file ``name`` below ``folder``; None when it is absent, elsewhere or of another kind."""
    if "\0" in name:
        return None
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or path.suffix not in _SERVED or not path.is_file():
        return None
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    text = "; charset=utf-8" if kind.startswith("text/") else ""
    return HttpResponse(200, [("Content-Type", kind + text), *_HEADERS], path.read_bytes())
