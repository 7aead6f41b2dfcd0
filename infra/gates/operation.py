"""One operation of the OpenAPI document: its parameters, body, answers and everything it may refuse."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from gates import admission
from kit import errors, idempotency
from kit.errors import Rejected
from kit.http import NONE, REQUIRED, Route, etag, problem, quota

Schema = dict[str, Any]
_CHANGES = frozenset({"PUT", "PATCH", "DELETE"})
_PROBLEM = {"$ref": "#/components/schemas/Problem"}

SCHEMAS: dict[str, Schema] = {
    "Problem": {
        "type": "object",
        "description": "Why a request was refused (RFC 9457).",
        "required": ["type", "title", "status", "detail", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "description": "URI of the kind of problem"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What happened and what to do, for people"},
            "instance": {"type": "string", "description": "The path that was asked for"},
            "code": {"type": "string", "description": "Stable name, for programs"},
            "request_id": {"type": "string", "description": "Name it when you ask for help"},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldProblem"}},
        },
        "example": problem.document(
            errors.NotFound(),
            instance="/api/v1/signals/0198",
            request_id="0198a1b2-0000-7000-8000-000000000000",
        ),
    },
    "FieldProblem": {
        "type": "object",
        "required": ["pointer", "code", "detail"],
        "properties": {
            "pointer": {
                "type": "string",
                "description": "JSON pointer into the body, or `?name` of the query",
            },
            "code": {"type": "string"},
            "detail": {"type": "string"},
        },
    },
}

HEADERS: dict[str, Schema] = {
    "X-Request-Id": {
        "description": "The id of this request: the one sent, or a new one",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": "What is left of each limit: `r` requests, again full in `t` seconds",
        "schema": {"type": "string"},
        "example": '"plan";r=99;t=1800',
    },
    "RateLimit-Policy": {
        "description": "The limits that apply: `q` requests in `w` seconds",
        "schema": {"type": "string"},
        "example": '"plan";q=100;w=3600',
    },
    "Retry-After": {"description": "Seconds until the next try", "schema": {"type": "integer"}},
    "ETag": {"description": "The version of what was answered", "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "`true` when this is the kept answer of an earlier request with the same key",
        "schema": {"type": "string"},
    },
}
_ON_EVERY = ("X-Request-Id", "RateLimit", "RateLimit-Policy")
_ON_STATUS = {429: ("Retry-After",), 503: ("Retry-After",)}


def _refs(*names: str) -> dict[str, Schema]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _refusal(status: int) -> Schema:
    return {
        "description": HTTPStatus(status).phrase,
        "headers": _refs(*_ON_EVERY, *_ON_STATUS.get(status, ())),
        "content": {problem.MEDIA_TYPE: {"schema": _PROBLEM}},
    }


_STATUSES = (400, 401, 402, 403, 404, 409, 412, 413, 415, 422, 428, 429, 500, 503, 504)
RESPONSES: dict[str, Schema] = {f"Problem{status}": _refusal(status) for status in _STATUSES}


def describe(
    domain: str,
    route: Route,
    *,
    query: Schema | None,
    body: Schema | None,
    reply: Schema | None,
    resolve: Callable[[Schema], Schema],
) -> Schema:
    """Return the operation object of ``route``; ``resolve`` follows a reference to a component."""
    found: Schema = {"operationId": f"{domain}_{route.id}", "tags": [domain], "summary": route.summary}
    if told := admission.told(route.access):
        found["description"] = told
    parameters = [*_path(route), *_query(query, resolve), *_headers(route)]
    if parameters:
        found["parameters"] = parameters
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    found["responses"] = {str(route.status): _success(route, reply), **_refusals(route)}
    found["security"] = admission.security(route.access)
    return found


def _path(route: Route) -> list[Schema]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"}
            if name == "id" or name.endswith("_id")
            else {"type": "string", "minLength": 1, "maxLength": 256},
        }
        for name in route.parameters
    ]


def _query(schema: Schema | None, resolve: Callable[[Schema], Schema]) -> list[Schema]:
    if schema is None:
        return []
    model = resolve(schema)
    needed = model.get("required", ())
    named: list[Schema] = [
        {
            "name": name,
            "in": "query",
            "required": name in needed,
            **({"description": one["description"]} if "description" in one else {}),
            "schema": {
                key: value for key, value in _unset(one).items() if key not in {"title", "description"}
            },
        }
        for name, one in model.get("properties", {}).items()
    ]
    return [*named, _more(model["additionalProperties"])] if model.get("additionalProperties") else named


def _more(value: Schema) -> Schema:
    """Return the parameter that stands for names which a route learns from its data, each with ``value``."""
    schema = {"type": "object", "additionalProperties": value}
    return {
        "name": "more",
        "in": "query",
        "required": False,
        "style": "form",
        "explode": True,
        "schema": schema,
    }


def _unset(schema: Schema) -> Schema:
    """Return ``schema`` without null: a query parameter that is not set is absent."""
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(choices) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    return {**rest, **choices[0]}


def _headers(route: Route) -> list[Schema]:
    found = []
    if route.idempotency is not NONE:
        told = "The same key gives the same answer for 24 hours; take a new one for each new intent"
        schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        needed = route.idempotency is REQUIRED
        found.append(_header("Idempotency-Key", told, schema, required=needed))
    if _needs_match(route):
        found.append(_header("If-Match", "The ETag that was read", {"type": "string"}, required=True))
    elif errors.PreconditionFailed in route.errors:
        found.append(
            _header("If-Match", "The ETag that was read, to change nothing newer", {"type": "string"})
        )
    elif route.etag and route.method == "GET":
        found.append(_header("If-None-Match", "An ETag: 304 if it is the newest", {"type": "string"}))
    return found


def _needs_match(route: Route) -> bool:
    """Whether the route demands ``If-Match``: it changes a versioned resource, or says so itself."""
    return (route.etag and route.method in _CHANGES) or etag.PreconditionRequired in route.errors


def _header(name: str, told: str, schema: Schema, *, required: bool = False) -> Schema:
    return {"name": name, "in": "header", "required": required, "description": told, "schema": schema}


def _success(route: Route, reply: Schema | None) -> Schema:
    names = [*_ON_EVERY]
    if route.etag:
        names.append("ETag")
    if route.idempotency is not NONE:
        names.append("Idempotent-Replayed")
    found: Schema = {"description": route.summary, "headers": _refs(*names)}
    if reply is not None:
        found["content"] = {route.media_type: {"schema": reply}}
    return found


def _refusals(route: Route) -> dict[str, Schema]:
    """Return a response for each status the edge or the route's own errors may answer."""
    kinds: list[type[errors.TreumError]] = [errors.Malformed, errors.Invalid, errors.TooLarge]
    kinds += [errors.LimitExceeded, errors.TreumError, errors.Retryable]
    if not route.access.public:
        kinds += [errors.Unauthenticated, errors.Forbidden]
    if route.parameters:
        kinds.append(errors.NotFound)
    if route.body is not None:
        kinds.append(errors.UnsupportedMedia)
    if route.idempotency is not NONE:
        kinds += [idempotency.InProgress, idempotency.KeyReused]
    if _needs_match(route):
        kinds += [etag.PreconditionRequired, errors.PreconditionFailed]
    if route.rate is not None and route.rate.strict:
        kinds.append(quota.LimitsAway)
    found = {
        str(one.status): {"$ref": f"#/components/responses/Problem{one.status}"}
        for one in sorted({*kinds, *route.errors}, key=lambda one: one.status)
    }
    if route.etag and route.method == "GET":
        found["304"] = {"description": "The version named by If-None-Match is the newest"}
    return {status: _told(response, status, route.errors) for status, response in sorted(found.items())}


def _told(response: Schema, status: str, own: tuple[type[Rejected], ...]) -> Schema:
    """Return ``response`` with the route's own problem codes of that status in its description."""
    codes = [f"`{one.code}`: {one.title}" for one in own if str(one.status) == status]
    return {**response, "description": "; ".join(codes)} if codes else response
