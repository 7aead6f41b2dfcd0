"""The REST API: an OpenAPI document with API Gateway's extensions, read into routes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.model import MockReply, RequestAuthorizer, RestRoute
from local.templates.functions import function_of
from local.templates.unit import Declared

_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"}
_FUNCTION = re.compile(r"/functions/(arn:[^/]+)/invocations$")
_SOURCE = re.compile(r"^(?:method|route)\.request\.(header|querystring|multivalueheader)\.(.+)$")


@dataclass(frozen=True, slots=True)
class RestApi:
    """What the document says."""

    routes: tuple[RestRoute, ...]
    gateway_responses: Mapping[str, Mapping[str, Any]]
    binary_media_types: tuple[str, ...]


def rest_api(one: Declared) -> RestApi:
    """Read the body of ``one``. Raises :class:`LocalError` naming path and method."""
    body = one.properties.get("Body")
    if not isinstance(body, Mapping) or not str(body.get("openapi", body.get("swagger", ""))):
        raise one.refuse("DefinitionBody", "must be an OpenAPI document")
    if "security" in body:
        raise one.refuse(
            "DefinitionBody", "API Gateway ignores `security` at the top: write it on each operation"
        )
    binary = body.get("x-amazon-apigateway-binary-media-types", one.properties.get("BinaryMediaTypes", []))
    return RestApi(
        routes=tuple(_routes(one, body)),
        gateway_responses=body.get("x-amazon-apigateway-gateway-responses", {}),
        binary_media_types=tuple(str(kind).replace("~1", "/") for kind in binary),
    )


def authorizer(one: Declared, uri: Any, sources: Any, ttl: Any) -> RequestAuthorizer:
    """Return the REQUEST authorizer that ``uri`` names; ``sources`` in API Gateway's notation."""
    listed = sources.split(",") if isinstance(sources, str) else list(sources or [])
    found = []
    for source in (str(item).strip() for item in listed):
        match = _SOURCE.match(source)
        if match is None:
            raise one.refuse("identitySource", f"{source} is not a header or a query parameter")
        found.append(f"{'query' if match[1] == 'querystring' else 'header'}:{match[2]}")
    return RequestAuthorizer(function_in(one, "authorizerUri", uri), tuple(found), int(ttl))


def function_in(one: Declared, what: str, uri: Any) -> str:
    """Return the name of the function that an integration or authorizer URI invokes."""
    match = _FUNCTION.search(str(uri))
    if match is None:
        raise one.refuse(what, f"{uri} does not invoke a function")
    return function_of(match[1])


def _routes(one: Declared, body: Mapping[str, Any]) -> Iterator[RestRoute]:
    schemes = body.get("components", {}).get("securitySchemes", body.get("securityDefinitions", {}))
    for path, item in body.get("paths", {}).items():
        for method, operation in item.items():
            if method.lower() in _METHODS:
                yield _route(one, schemes, path, method.lower(), operation)


def _route(
    one: Declared, schemes: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
) -> RestRoute:
    verb = "ANY" if method.startswith("x-") else method.upper()
    where = f"{verb} {path}"
    integration = operation.get("x-amazon-apigateway-integration")
    if not isinstance(integration, Mapping):
        raise one.refuse(where, "has no x-amazon-apigateway-integration")
    guard = _security(one, schemes, where, operation)
    kind = str(integration.get("type", "")).lower()
    if kind == "mock":
        return RestRoute(verb, path, "", guard, _mock(integration))
    if kind != "aws_proxy":
        raise one.refuse(where, f"integration type {kind} does not run here, only aws_proxy and mock")
    return RestRoute(verb, path, function_in(one, f"{where} uri", integration.get("uri")), guard)


def _security(
    one: Declared, schemes: Mapping[str, Any], where: str, operation: Mapping[str, Any]
) -> RequestAuthorizer | None:
    names = [name for entry in operation.get("security", []) for name in entry]
    if not names:
        return None
    scheme = schemes.get(names[0])
    if scheme is None:
        raise one.refuse(where, f"security scheme {names[0]} is not declared")
    settings = scheme.get("x-amazon-apigateway-authorizer")
    if not isinstance(settings, Mapping) or str(settings.get("type")).lower() != "request":
        raise one.refuse(where, f"security scheme {names[0]} is not a Lambda REQUEST authorizer")
    ttl = settings.get("authorizerResultTtlInSeconds", 300)
    return authorizer(one, settings.get("authorizerUri"), settings.get("identitySource"), ttl)


def _mock(integration: Mapping[str, Any]) -> MockReply:
    responses = integration.get("responses", {})
    reply: Mapping[str, Any] = responses.get("default") or next(iter(responses.values()), {})
    headers = {
        key.removeprefix("method.response.header."): str(value).strip("'")
        for key, value in reply.get("responseParameters", {}).items()
    }
    return MockReply(int(reply.get("statusCode", 200)), headers)
