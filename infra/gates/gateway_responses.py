"""What API Gateway answers by itself, as problem documents: one entry for every kind it knows."""

import json
from typing import Any

from kit.http import problem
from kit.http.api import ALWAYS

_KINDS: dict[str, tuple[int, str, str]] = {
    "ACCESS_DENIED": (403, "FORBIDDEN", "Your account may not do this"),
    "API_CONFIGURATION_ERROR": (500, "INTERNAL", "Something went wrong on our side"),
    "AUTHORIZER_CONFIGURATION_ERROR": (500, "INTERNAL", "Something went wrong on our side"),
    "AUTHORIZER_FAILURE": (503, "TEMPORARILY_UNAVAILABLE", "Sign-in could not be checked: try again soon"),
    "BAD_REQUEST_BODY": (400, "MALFORMED", "The request could not be read"),
    "BAD_REQUEST_PARAMETERS": (400, "MALFORMED", "The request could not be read"),
    "DEFAULT_4XX": (400, "MALFORMED", "The request could not be read"),
    "DEFAULT_5XX": (500, "INTERNAL", "Something went wrong on our side"),
    "EXPIRED_TOKEN": (401, "UNAUTHENTICATED", "Sign in first"),
    "INTEGRATION_FAILURE": (503, "TEMPORARILY_UNAVAILABLE", "A part of the service is away for a moment"),
    "INTEGRATION_TIMEOUT": (504, "TIMED_OUT", "The answer took too long: ask again with the same key"),
    "INVALID_API_KEY": (401, "UNAUTHENTICATED", "Sign in first"),
    "INVALID_SIGNATURE": (401, "UNAUTHENTICATED", "Sign in first"),
    "MISSING_AUTHENTICATION_TOKEN": (404, "NO_SUCH_ROUTE", "There is nothing at this address"),
    "QUOTA_EXCEEDED": (429, "LIMIT_EXCEEDED", "Too many requests"),
    "REQUEST_TOO_LARGE": (413, "TOO_LARGE", "The body is too large"),
    "RESOURCE_NOT_FOUND": (404, "NO_SUCH_ROUTE", "There is nothing at this address"),
    "THROTTLED": (429, "LIMIT_EXCEEDED", "Too many requests"),
    "UNAUTHORIZED": (401, "UNAUTHENTICATED", "Sign in, or refresh the access token"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json"),
    "WAF_FILTERED": (403, "FORBIDDEN", "The request was refused"),
}
_RETRY_AFTER_S = {429: 1, 503: 2}


def definitions() -> dict[str, Any]:
    """Return ``x-amazon-apigateway-gateway-responses``."""
    return {kind: _definition(*said) for kind, said in _KINDS.items()}


def _definition(status: int, code: str, title: str) -> dict[str, Any]:
    document = {
        "type": problem.type_of(code),
        "title": title,
        "status": status,
        "detail": title,
        "code": code,
        "request_id": "$context.requestId",
    }
    # a quote inside a quoted constant has no documented spelling here: no Content-Security-Policy
    headers = {
        "Content-Type": f"'{problem.MEDIA_TYPE}'",
        **{name: f"'{value}'" for name, value in ALWAYS.items() if "'" not in value},
        "X-Request-Id": "context.requestId",
        "Access-Control-Allow-Origin": "'*'",
    }
    if status in _RETRY_AFTER_S:
        headers["Retry-After"] = f"'{_RETRY_AFTER_S[status]}'"
    if status == 401:  # noqa: PLR2004 - RFC 9110: 401 names a scheme
        headers["WWW-Authenticate"] = "'Bearer'"
    return {
        "statusCode": str(status),
        "responseParameters": {f"gatewayresponse.header.{name}": value for name, value in headers.items()},
        "responseTemplates": {"application/json": json.dumps(document)},
    }
