"""The two values every handler behind the port speaks: one HTTP request in, one HTTP response out."""

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec


@dataclass(slots=True)
class HttpRequest:
    """``target`` is the raw request target; ``headers`` keeps order, case and duplicates; body is whole."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    source_ip: str = "127.0.0.1"

    @property
    def raw_path(self) -> str:
        """The path as sent, still percent-encoded, without the query."""
        return self.target.partition("?")[0]

    @property
    def path(self) -> str:
        """The decoded path."""
        return unquote(self.raw_path)

    @property
    def query(self) -> list[tuple[str, str]]:
        """The decoded query pairs in order; blank values kept."""
        raw = self.target.partition("?")[2]
        return parse_qsl(raw, keep_blank_values=True) if raw else []

    def header(self, name: str, default: str = "") -> str:
        """The last value of header ``name``, compared without case."""
        wanted = name.lower()
        for key, value in reversed(self.headers):
            if key.lower() == wanted:
                return value
        return default


@dataclass(slots=True)
class HttpResponse:
    """``headers`` are pairs, so that one name may come twice; Content-Length is added by the server."""

    status: int = 200
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""


Handler = Callable[[HttpRequest], Awaitable[HttpResponse]]


def json_response(
    status: int, value: Any, headers: Sequence[tuple[str, str]] = (), *, kind: str = "application/json"
) -> HttpResponse:
    """Return ``value`` as JSON under ``status``."""
    return HttpResponse(status, [("Content-Type", kind), *headers], msgspec.json.encode(value))


def aws_error(status: int, kind: str, message: str) -> HttpResponse:
    """Return an error as AWS's JSON services shape it: ``x-amzn-ErrorType`` and a message."""
    return json_response(status, {"message": message, "Type": "User"}, [("x-amzn-ErrorType", kind)])


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal by the platform itself (not by API Gateway): RFC 9457."""

    status: int
    detail: str
    code: str = "LOCAL_PLATFORM"
    extra: Mapping[str, Any] = field(default_factory=dict)

    def response(self) -> HttpResponse:
        """Return it as ``application/problem+json``."""
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "request_id": str(uuid.uuid4()),
            **self.extra,
        }
        return json_response(self.status, body, kind="application/problem+json")
