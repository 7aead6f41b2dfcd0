"""Builds API Gateway proxy events and reads the answers, for tests of route tables."""

import json
from typing import Any

from kit.http import Api
from kit.identity import Caller, to_context


def event(
    method: str,
    resource: str,
    *,
    body: Any = None,
    raw: str | None = None,
    caller: Caller | None = None,
    headers: dict[str, str] | None = None,
    path: dict[str, str] | None = None,
    query: dict[str, list[str]] | None = None,
    ip: str = "192.0.2.1",
) -> dict[str, Any]:
    """Return a REST API proxy event; ``body`` is sent as JSON, ``raw`` as it is."""
    address = resource
    for name, value in (path or {}).items():
        address = address.replace("{" + name + "}", value)
    text = raw if raw is not None else None if body is None else json.dumps(body)
    sent = {"Content-Type": "application/json"} if text is not None else {}
    context: dict[str, Any] = {"requestId": "gw-request-1", "identity": {"sourceIp": ip}}
    if caller is not None:
        context["authorizer"] = {**to_context(caller), "principalId": caller.subject, "integrationLatency": 3}
    return {
        "resource": resource,
        "path": address,
        "httpMethod": method,
        "headers": {**sent, **(headers or {})},
        "multiValueQueryStringParameters": query,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} if query else None,
        "pathParameters": path,
        "requestContext": context,
        "body": text,
        "isBase64Encoded": False,
    }


def ask(api: Api, sent: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
    """Return status, JSON body (None when empty) and headers of the answer to ``sent``."""
    answer = api.handler(sent, None)
    return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None, answer["headers"]
