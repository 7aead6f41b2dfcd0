"""The events API Gateway hands to functions: REST proxy (payload format 1.0), authorizer, WebSocket."""

import base64
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.aws import ACCOUNT, REGION
from local.gateway.messages import HttpRequest
from local.gateway.routing import Match

REST_ID = "local"
SOCKET_ID = "localws"
STAGE = "api"
Pairs = Sequence[tuple[str, str]]


def stamp(epoch_s: float) -> str:
    """Return API Gateway's request time, ``09/Apr/2026:12:34:56 +0000``."""
    return time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(epoch_s))


def last(pairs: Iterable[tuple[str, str]]) -> dict[str, str] | None:
    """Return each name with its last value; None where there are no pairs, as API Gateway does."""
    return dict(pairs) or None


def every(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]] | None:
    """Return each name with all of its values; None where there are no pairs."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values or None


def forwarded(request: HttpRequest, port: int, trace_id: str) -> list[tuple[str, str]]:
    """Return the headers a function sees: the client's, and what the gateway adds."""
    before = request.header("x-forwarded-for")
    chain = f"{before}, {request.source_ip}" if before else request.source_ip
    added = {"x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id"}
    headers = [(name, value) for name, value in request.headers if name.lower() not in added]
    headers += [
        ("X-Amzn-Trace-Id", trace_id),
        ("X-Forwarded-For", chain),
        ("X-Forwarded-Port", str(port)),
        ("X-Forwarded-Proto", "http"),
    ]
    return headers


def identity(request: HttpRequest) -> dict[str, Any]:
    """Return who connects, as far as the network tells."""
    return {
        "cognitoIdentityPoolId": None,
        "accountId": None,
        "cognitoIdentityId": None,
        "caller": None,
        "sourceIp": request.source_ip,
        "principalOrgId": None,
        "accessKey": None,
        "cognitoAuthenticationType": None,
        "cognitoAuthenticationProvider": None,
        "userArn": None,
        "userAgent": request.header("user-agent") or None,
        "user": None,
    }


def rest_event(
    request: HttpRequest, match: Match, *, request_id: str, now: float, port: int
) -> dict[str, Any]:
    """Return the proxy event without its body; ``requestContext`` has no authorizer yet."""
    headers = forwarded(request, port, f"Root=1-{int(now):08x}-{request_id.replace('-', '')[:24]}")
    query = request.query
    domain = request.header("host")
    return {
        "resource": match.route.path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": last(headers),
        "multiValueHeaders": every(headers),
        "queryStringParameters": last(query),
        "multiValueQueryStringParameters": every(query),
        "pathParameters": match.parameters or None,
        "stageVariables": None,
        "requestContext": {
            "resourceId": match.route.path,
            "resourcePath": match.route.path,
            "httpMethod": request.method,
            "extendedRequestId": request_id,
            "requestTime": stamp(now),
            "path": request.path,
            "accountId": ACCOUNT,
            "protocol": "HTTP/1.1",
            "stage": STAGE,
            "domainPrefix": domain.partition(".")[0],
            "requestTimeEpoch": int(now * 1000),
            "requestId": request_id,
            "identity": identity(request),
            "domainName": domain.partition(":")[0],
            "apiId": REST_ID,
        },
    }


def body_of(request: HttpRequest, binary: Iterable[str]) -> tuple[str | None, bool]:
    """Return the event's ``body`` and ``isBase64Encoded``."""
    if not request.body:
        return None, False
    if not is_binary(request.header("content-type"), binary):
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass  # text it says, text it is not: the bytes survive as base64
    return base64.b64encode(request.body).decode(), True


def is_binary(content_type: str, binary: Iterable[str]) -> bool:
    """Whether ``content_type`` is among the API's binary media types, which may end in ``/*``."""
    kind = content_type.partition(";")[0].strip().lower()
    group = kind.partition("/")[0] + "/*"
    return any(one.lower() in {kind, group, "*/*"} for one in binary) if kind else False


def method_arn(method: str, raw_path: str) -> str:
    """Return the ARN of one REST method that an authorizer's policy speaks of."""
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{REST_ID}/{STAGE}/{method}{raw_path}"


def socket_context(
    *, kind: str, route_key: str, connection_id: str, stage: str, request_id: str, now: float
) -> dict[str, Any]:
    """Return the parts of a WebSocket event's context that change from event to event."""
    return {
        "routeKey": route_key,
        "eventType": kind,
        "extendedRequestId": request_id,
        "requestTime": stamp(now),
        "messageDirection": "IN",
        "stage": stage,
        "requestTimeEpoch": int(now * 1000),
        "requestId": request_id,
        "connectionId": connection_id,
        "apiId": SOCKET_ID,
    }


def flat_context(context: Mapping[str, Any]) -> dict[str, str] | None:
    """Return an authorizer's context as API Gateway passes it: strings only; None if a value is nested."""
    flat: dict[str, str] = {}
    for name, value in context.items():
        if isinstance(value, bool):
            flat[name] = "true" if value else "false"
        elif isinstance(value, str | int | float):
            flat[name] = str(value)
        elif value is not None:
            return None
    return flat


def socket_arn(stage: str) -> str:
    """Return the ARN of the ``$connect`` route that an authorizer's policy speaks of."""
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{SOCKET_ID}/{stage}/$connect"


def socket_identity(request: HttpRequest) -> dict[str, Any]:
    """Return who opened a WebSocket."""
    return {"sourceIp": request.source_ip, "userAgent": request.header("user-agent") or None}
