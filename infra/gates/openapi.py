"""Generates ``docs/openapi.json`` (OpenAPI 3.1) from the route tables, and refuses a breaking change."""

import json
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from gates import breaking, operation
from gates.tables import ROOT, apis, operations
from kit.http import Api, Route

TARGET = ROOT / "docs" / "openapi.json"
_REF = "#/components/schemas/{model}"
_ABOUT = (
    "Courses, registered analysts' signals with proofs, and practice on a paper account. Errors are problem"
    " documents (RFC 9457) with a stable `code`. Times are RFC 3339 in UTC, money is an integer of minor"
    " units, prices are decimal strings, ids are UUIDv7."
)


# names of statuses that RFC 9110 changed, which Python took over in 3.13
_RENAMED = {
    "Request Entity Too Large": "Content Too Large",
    "Unprocessable Entity": "Unprocessable Content",
}


def document(tables: list[Api], version: str) -> dict[str, Any]:
    """Return the OpenAPI document of ``tables``."""
    found = operations(tables)
    schemas = _Schemas([route for _, route in found])
    paths: dict[str, Any] = {}
    for domain, route in found:
        paths.setdefault(route.address, {})[route.method.lower()] = operation.describe(
            domain,
            route,
            query=schemas.of("query", route),
            body=schemas.of("body", route),
            reply=schemas.of("reply", route),
            resolve=schemas.resolve,
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": "TREUM", "version": version, "description": _ABOUT},
        "servers": [{"url": "/", "description": "Where this document was served from"}],
        "tags": [{"name": table.domain} for table in tables],
        "paths": paths,
        "components": {
            "schemas": dict(sorted({**schemas.definitions, **operation.SCHEMAS}.items())),
            "responses": operation.RESPONSES,
            "headers": operation.HEADERS,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token from `POST /api/v1/auth/login`; it lives 15 minutes",
                },
                "key": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-Api-Key",
                    "description": "An application's key (`POST /api/v1/partners/applications/{id}/keys`); "
                    "`Authorization: Bearer tk_…` does as well",
                },
            },
        },
    }


class _Schemas:
    """JSON schemas of all models at once, so that equal class names of two domains are told apart."""

    def __init__(self, routes: list[Route]) -> None:
        inputs: list[tuple[Any, Any, TypeAdapter[Any]]] = []
        for route in routes:
            for part, mode in (("query", "validation"), ("body", "validation"), ("reply", "serialization")):
                kind = getattr(route, part)
                if kind is not None:
                    inputs.append(((part, id(route)), mode, TypeAdapter(kind)))
        found, defs = TypeAdapter.json_schemas(inputs, ref_template=_REF)
        self._found: dict[Any, dict[str, Any]] = {key[0]: schema for key, schema in found.items()}
        self.definitions: dict[str, Any] = defs.get("$defs", {})

    def of(self, part: str, route: Route) -> dict[str, Any] | None:
        """Return the schema (mostly a reference) of a part of ``route``, None where it has none."""
        return self._found.get((part, id(route)))

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return what ``schema`` refers to, or itself."""
        name = schema.get("$ref", "").rpartition("/")[2]
        found: dict[str, Any] = self.definitions[name] if name else schema
        return found


def rendered() -> str:
    """Return the file as it should be."""
    text = json.dumps(document(apis(), _version()), indent=1, ensure_ascii=False) + "\n"
    for old, new in _RENAMED.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    return text


def problems(target: Path = TARGET) -> list[str]:
    """Return drift of ``target``, and what breaks clients of the committed version."""
    now = rendered()
    found = []
    if not target.exists() or target.read_text() != now:
        found.append(f"{target.name} is not what the route tables say: run `python -m gates openapi`")
    committed = _committed(target)
    if committed is not None:
        found += refusals(committed, json.loads(now))
    return found


def refusals(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return the breaking changes from ``old`` to ``new``; none once the version was raised on purpose."""
    if old["info"]["version"] != new["info"]["version"]:
        return []
    return [f"breaks clients: {one} (raise the version if it is meant)" for one in breaking.changes(old, new)]


def generate(target: Path = TARGET) -> None:
    """Write ``target``."""
    target.write_text(rendered())


def _version() -> str:
    with (ROOT / "pyproject.toml").open("rb") as file:
        version: str = tomllib.load(file)["project"]["version"]
    return version


def _committed(target: Path) -> dict[str, Any] | None:
    """Return the document of the last commit; None outside a repository or before its first."""
    command = ["git", "show", f"HEAD:{target.relative_to(ROOT)}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        return None
    found: dict[str, Any] = json.loads(done.stdout)
    return found
