"""The WebSocket API, read from its Api, Route, Integration, Authorizer and Stage resources."""

from collections.abc import Mapping, Sequence

from local.model import RequestAuthorizer, SocketApi
from local.templates.rest import authorizer, function_in
from local.templates.unit import Declared


def socket_api(resources: Sequence[Declared]) -> SocketApi | None:
    """Return the one WebSocket API that ``resources`` declare, or None. Raises :class:`LocalError`."""
    apis = [one for one in resources if one.type == "AWS::ApiGatewayV2::Api"]
    if not apis:
        return None
    for extra in apis[1:]:
        raise extra.refuse("Type", "the platform serves one WebSocket API, this is a second")
    api = apis[0]
    if api.properties.get("ProtocolType") != "WEBSOCKET":
        raise api.refuse("ProtocolType", "only WEBSOCKET runs here; HTTP is served by the REST API")
    by_name = {one.name: one for one in resources}
    routes: dict[str, str] = {}
    guard: RequestAuthorizer | None = None
    for route in (one for one in resources if one.type == "AWS::ApiGatewayV2::Route"):
        key = str(route.properties["RouteKey"])
        target = str(route.properties.get("Target", "")).removeprefix("integrations/")
        routes[key] = _integration(route, by_name.get(target))
        if key == "$connect" and route.properties.get("AuthorizationType") == "CUSTOM":
            guard = _authorizer(route, by_name.get(str(route.properties.get("AuthorizerId"))))
    return SocketApi(
        routes=routes,
        selection_expression=str(api.properties.get("RouteSelectionExpression", "$request.body.action")),
        authorizer=guard,
        stage=_stage(by_name),
    )


def _integration(route: Declared, integration: Declared | None) -> str:
    if integration is None or integration.type != "AWS::ApiGatewayV2::Integration":
        raise route.refuse("Target", "does not name an integration")
    if integration.properties.get("IntegrationType") != "AWS_PROXY":
        raise integration.refuse("IntegrationType", "only AWS_PROXY runs here")
    return function_in(integration, "IntegrationUri", integration.properties.get("IntegrationUri"))


def _authorizer(route: Declared, found: Declared | None) -> RequestAuthorizer:
    if found is None or found.type != "AWS::ApiGatewayV2::Authorizer":
        raise route.refuse("AuthorizerId", "does not name an authorizer")
    properties = found.properties
    return authorizer(found, properties.get("AuthorizerUri"), properties.get("IdentitySource"), 0)


def _stage(by_name: Mapping[str, Declared]) -> str:
    stages = [one for one in by_name.values() if one.type == "AWS::ApiGatewayV2::Stage"]
    return str(stages[0].properties["StageName"]) if stages else "live"
