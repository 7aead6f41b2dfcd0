"""The generated documents: what every route becomes, and that drift and breaking changes are found."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from builders import things
from gates import apigateway, breaking, openapi
from gates.tables import operations
from kit.http import REQUIRED, Api, Route, signed_in
from kit.http.api import ALWAYS

KEYED = Route(
    "POST",
    "/orders/{id}/lines/{symbol}",
    things.make,
    id="line",
    summary="Line",
    body=things.NewThing,
    reply=things.Thing,
    access=signed_in(),
    idempotency=REQUIRED,
)
TABLES = [things.API, Api("orders", [KEYED], database=lambda: pytest.fail("nothing is opened"))]


@pytest.fixture
def document() -> dict[str, Any]:
    return openapi.document(TABLES, "0.1.0")


def test_the_openapi_document_is_valid(document: dict[str, Any]) -> None:
    """As OpenAPI 3.1 says."""
    OpenAPIV31SpecValidator(document).validate()


def test_the_committed_document_is_valid() -> None:
    """The product's own: a reference to nowhere is what clients generated from it would break on."""
    OpenAPIV31SpecValidator(json.loads(openapi.TARGET.read_text(encoding="utf-8"))).validate()


def test_an_operation_tells_its_parameters_security_and_refusals(document: dict[str, Any]) -> None:
    """Ids are UUIDs, the key is a header, every status the edge may answer is there."""
    found = document["paths"]["/api/v1/orders/{id}/lines/{symbol}"]["post"]
    named = {(one["in"], one["name"]): one for one in found["parameters"]}
    assert named["path", "id"]["schema"]["format"] == "uuid"
    assert named["header", "Idempotency-Key"]["required"]
    assert found["security"] == [{"bearer": []}]
    assert {"200", "400", "401", "404", "409", "415", "422", "429", "500", "503"} <= found["responses"].keys()
    assert document["paths"]["/.well-known/keys.json"]["get"]["security"] == []


def test_the_gateway_definition_is_openapi_30_without_proxies() -> None:
    """Each operation goes to its domain's function, each private one through the authorizer."""
    found = apigateway.definition(TABLES)
    plain = json.loads(json.dumps(found).replace('{"Fn::Sub": "treum-${Stage}"}', '"treum"'))
    OpenAPIV30SpecValidator(plain).validate()
    assert not any("+" in path for path in found["paths"])
    line = found["paths"]["/api/v1/orders/{id}/lines/{symbol}"]["post"]
    uri = line["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
    assert uri.endswith(":function:treum-${Stage}-orders-api:live/invocations")
    assert line["security"] == [{"caller": []}]
    assert found["paths"]["/api/v1/versioned"]["get"]["security"] == []


def test_every_gateway_response_is_a_problem_document() -> None:
    """With a code, its status, and the request's id."""
    for name, one in apigateway.definition([])["x-amazon-apigateway-gateway-responses"].items():
        body = json.loads(one["responseTemplates"]["application/json"])
        assert body["status"] == int(one["statusCode"]), name
        assert {"type", "title", "detail", "code", "request_id"} <= body.keys(), name
        told = one["responseParameters"]["gatewayresponse.header.Content-Type"]
        assert told == "'application/problem+json'", name
        for header in (
            "Cache-Control",
            "Referrer-Policy",
            "Strict-Transport-Security",
            "X-Content-Type-Options",
        ):
            assert one["responseParameters"][f"gatewayresponse.header.{header}"] == f"'{ALWAYS[header]}'", (
                name
            )


def test_two_domains_cannot_claim_one_address() -> None:
    """The generator says which."""
    with pytest.raises(ValueError, match="things and in others"):
        operations([things.API, Api("others", [things.ROUTES[0]])])


def test_drift_is_found_and_mended_by_generating(tmp_path: Path) -> None:
    """A file that was edited by hand does not pass."""
    target = tmp_path / "api.yaml"
    assert apigateway.problems(target)
    apigateway.generate(target)
    assert apigateway.problems(target) == []
    target.write_text(target.read_text() + "\n")
    assert apigateway.problems(target)


ORDER = "/api/v1/orders/{id}/lines/{symbol}"


def changed(document: dict[str, Any], *path: str, to: Any = None) -> dict[str, Any]:
    """Return ``document`` with the value at ``path`` replaced, or removed when ``to`` is None."""
    found = copy.deepcopy(document)
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    if to is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return found


BREAKS: list[tuple[tuple[str, ...], Any, str]] = [
    (("paths", ORDER), None, "is gone"),
    (("components", "schemas", "Thing", "properties", "price"), None, "no longer has price"),
    (("components", "schemas", "NewThing", "properties", "name"), None, "no longer takes name"),
    (("components", "schemas", "NewThing", "required"), ["name", "amount", "more"], "now demands more"),
    (("components", "schemas", "Thing", "properties", "amount"), {"type": "string"}, "another type"),
    (("paths", "/api/v1/versioned", "get", "security"), [{"bearer": []}], "needs a token"),
    (("paths", "/api/v1/things", "get", "parameters"), [], "no longer takes ?limit"),
    (("paths", ORDER, "post", "responses", "200"), None, "no longer answers 200"),
]


@pytest.mark.parametrize(("path", "to", "said"), BREAKS)
def test_what_breaks_a_client_is_named(
    document: dict[str, Any], path: tuple[str, ...], to: Any, said: str
) -> None:
    """Once under the same version; a raised version says it is meant."""
    after = changed(document, *path, to=to)
    assert any(said in one for one in breaking.changes(document, after))
    assert openapi.refusals(document, after)
    assert openapi.refusals(document, changed(after, "info", "version", to="0.2.0")) == []


def test_what_breaks_nobody_passes(document: dict[str, Any]) -> None:
    """The same again, a new path, a new optional property."""
    assert breaking.changes(document, document) == []
    grown = changed(document, "paths", "/api/v1/new", to=document["paths"]["/api/v1/versioned"])
    more = changed(grown, "components", "schemas", "Thing", "properties", "more", to={"type": "string"})
    assert breaking.changes(document, more) == []
