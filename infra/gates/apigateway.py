"""Generates ``infra/api.yaml``: the REST API's body as API Gateway imports it (OpenAPI 3.0).

Each operation is integrated with the alias ``live`` of ``treum-${Stage}-<domain>-api``; no proxy paths. Every
route that is not public asks the REQUEST authorizer, whose results are never cached. There are no schemas:
parsing is the functions' own business.
"""

from pathlib import Path
from typing import Any

import yaml

from gates import gateway_responses
from gates.tables import ROOT, apis, operations
from kit.http import Api, Route, cors

TARGET = ROOT / "infra" / "api.yaml"
_HEAD = "# Generated from the domains' route tables by `python -m gates apigateway`. Do not edit.\n"
_INVOKE = (
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
)


def definition(tables: list[Api]) -> dict[str, Any]:
    """Return the API Gateway definition of ``tables``."""
    paths: dict[str, Any] = {}
    for domain, route in operations(tables):
        paths.setdefault(route.address, {})[route.method.lower()] = _operation(domain, route)
        paths[route.address]["options"] = _preflight(route)
    return {
        "openapi": "3.0.1",
        "info": {"title": {"Fn::Sub": "treum-${Stage}"}, "version": "1"},
        "x-amazon-apigateway-gateway-responses": gateway_responses.definitions(),
        "paths": paths,
        "components": {"securitySchemes": {"caller": _authorizer()}},
    }


def _operation(domain: str, route: Route) -> dict[str, Any]:
    found: dict[str, Any] = {"operationId": f"{domain}_{route.id}"}
    if route.parameters:
        found["parameters"] = _parameters(route)
    found["responses"] = {str(route.status): {"description": route.summary}}
    found["security"] = [] if route.access.public else [{"caller": []}]
    found["x-amazon-apigateway-integration"] = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "passthroughBehavior": "when_no_match",
        "uri": {"Fn::Sub": f"{_INVOKE}treum-${{Stage}}-{domain}-api:live/invocations"},
    }
    return found


def _parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in route.parameters
    ]


def _preflight(route: Route) -> dict[str, Any]:
    """Return the answer to a browser that asks before it sends; no function runs for it."""
    named = {f"method.response.header.{name}": f"'{value}'" for name, value in cors.PREFLIGHT.items()}
    found: dict[str, Any] = {"parameters": _parameters(route)} if route.parameters else {}
    return {
        **found,
        "responses": {
            "204": {
                "description": "May be asked from a page",
                "headers": {name: {"schema": {"type": "string"}} for name in cors.PREFLIGHT},
            }
        },
        "security": [],
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "passthroughBehavior": "when_no_match",
            "requestTemplates": {"application/json": '{"statusCode": 204}'},
            "responses": {"default": {"statusCode": "204", "responseParameters": named}},
        },
    }


def _authorizer() -> dict[str, Any]:
    return {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {
            "type": "request",
            "authorizerResultTtlInSeconds": 0,
            "authorizerUri": {"Fn::Sub": f"{_INVOKE}treum-${{Stage}}-authorizer:live/invocations"},
        },
    }


def rendered() -> str:
    """Return the file as it should be."""
    text: str = yaml.safe_dump(definition(apis()), sort_keys=False, width=110, allow_unicode=True)
    return _HEAD + text


def problems(target: Path = TARGET) -> list[str]:
    """Return a line when ``target`` is not what the route tables say."""
    if target.exists() and target.read_text() == rendered():
        return []
    return [f"{target.name} is not what the route tables say: run `python -m gates apigateway`"]


def generate(target: Path = TARGET) -> None:
    """Write ``target``."""
    target.write_text(rendered())
