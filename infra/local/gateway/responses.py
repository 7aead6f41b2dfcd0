"""Gateway responses: what API Gateway itself answers, in the words of the template's OpenAPI document."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from local.gateway.messages import HttpResponse

_STATUS = {
    "UNAUTHORIZED": 401,
    "ACCESS_DENIED": 403,
    "AUTHORIZER_FAILURE": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "REQUEST_TOO_LARGE": 413,
    "THROTTLED": 429,
    "INTEGRATION_TIMEOUT": 504,
    "INTEGRATION_FAILURE": 504,
    "BAD_INTEGRATION": 502,
    "DEFAULT_5XX": 500,
}
_MESSAGE = {
    "UNAUTHORIZED": "Unauthorized",
    "ACCESS_DENIED": "User is not authorized to access this resource",
    "MISSING_AUTHENTICATION_TOKEN": "Missing Authentication Token",
    "REQUEST_TOO_LARGE": "Request Too Long",
    "THROTTLED": "Too Many Requests",
    "INTEGRATION_TIMEOUT": "Endpoint request timed out",
}
_VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.]+)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why API Gateway answers itself: a response type, and the context its template may name."""

    kind: str
    context: Mapping[str, str] = field(default_factory=dict)


class GatewayResponses:
    """Renders refusals by the template's ``x-amazon-apigateway-gateway-responses``."""

    def __init__(self, declared: Mapping[str, Mapping[str, Any]]) -> None:
        self._declared = declared

    def render(self, refusal: Refusal) -> HttpResponse:
        """Return the answer for ``refusal``: its own entry, else DEFAULT_4XX or DEFAULT_5XX, else AWS's."""
        status = _STATUS[refusal.kind]
        fallback = "DEFAULT_4XX" if status < 500 else "DEFAULT_5XX"  # noqa: PLR2004 - classes of status
        entry = self._declared.get(refusal.kind) or self._declared.get(fallback) or {}
        status = int(entry.get("statusCode", status))
        message = _MESSAGE.get(refusal.kind, "Internal server error")
        kind = fallback if refusal.kind == "BAD_INTEGRATION" else refusal.kind
        context = {
            **refusal.context,
            "status": str(status),
            "error.message": message,
            "error.messageString": msgspec.json.encode(message).decode(),
            "error.responseType": kind,
        }
        headers = list(self._headers(entry, context))
        content_type, body = _body(entry, message, context)
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers.insert(0, ("Content-Type", content_type))
        return HttpResponse(status, headers, body)

    def _headers(self, entry: Mapping[str, Any], context: Mapping[str, str]) -> list[tuple[str, str]]:
        found = [("x-amzn-ErrorType", context["error.responseType"])]
        for name, value in entry.get("responseParameters", {}).items():
            header = name.removeprefix("gatewayresponse.header.")
            text = str(value)
            if text.startswith("'"):
                found.append((header, text.strip("'")))
            elif text.startswith("context."):
                found.append((header, context.get(text.removeprefix("context."), "")))
        return found


def _body(entry: Mapping[str, Any], message: str, context: Mapping[str, str]) -> tuple[str, bytes]:
    templates = entry.get("responseTemplates") or {}
    for content_type, template in templates.items():
        text = _VARIABLE.sub(lambda match: _value(match[1], context), str(template))
        return content_type, text.encode()
    return "application/json", msgspec.json.encode({"message": message})


def _value(name: str, context: Mapping[str, str]) -> str:
    """Return the variable's value, safe inside a JSON string (``messageString`` brings its own quotes)."""
    value = context.get(name, "")
    if name == "error.messageString":
        return value
    return msgspec.json.encode(value).decode()[1:-1]
