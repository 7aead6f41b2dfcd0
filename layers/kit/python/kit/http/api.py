"""The HTTP edge: one route table in, API Gateway proxy answers out.

Order of one request: find the route, know the caller, count the limits, check access, parse, run (once per
idempotency key, on its caller's behalf), answer. Whatever happens becomes a problem document; only here is
``Exception`` caught.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from pydantic_core import to_json

from kit import behalf, idempotency, identity, ids, limits, settings, telemetry
from kit.errors import NoSuchRoute, TreumError, Unauthenticated
from kit.http import access, cors, etag, parsing, problem, quota
from kit.http.routes import Idempotency, Reply, Request, Route, Text

Event = Mapping[str, Any]
Answer = dict[str, Any]
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer carries: no browser keeps, renders, frames, guesses at or asks in the clear for data."""
_KEPT_HEADERS = frozenset({"Location", "ETag", "Content-Type"})
_LONGEST_PATH = 1024
_EMPTY = {204, 304}


class Api:
    """The route table of one domain and its Lambda handler.

    ``database`` opens the domain's database, needed by routes with idempotency; ``redis`` the limits' Redis
    (by default the one that ``REDIS_URL`` names). Both are called per request and should be cached.
    ``origins`` may read our answers in a browser (by default those of ``ALLOWED_ORIGINS``).
    """

    def __init__(
        self,
        domain: str,
        routes: Iterable[Route],
        database: Callable[[], idempotency.Sql] | None = None,
        redis: Callable[[], limits.Scripts] | None = None,
        origins: frozenset[str] | None = None,
    ) -> None:
        self.domain = domain
        self.routes = tuple(routes)
        self._database = database
        self._redis = redis or (_redis_of_settings if settings.optional("REDIS_URL") else None)
        self._origins = cors.allowed_origins() if origins is None else origins
        self._table = {(route.method, route.address): route for route in self.routes}
        _check(domain, self.routes, database)

    def handler(self, event: Event, _context: object) -> Answer:
        """Answer one proxy event; never raises."""
        began = time.perf_counter()
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        request_id = _request_id(event, headers)
        telemetry.begin(headers.get("traceparent"), request_id)
        path = str(event.get("path", ""))[:_LONGEST_PATH]
        work = _Work(request_id, path if path.isascii() else path.encode(errors="replace").decode())
        try:
            answer = self._answer(event, headers, work)
        except TreumError as error:
            answer = work.refuse(error)
        except Exception as error:  # noqa: BLE001 - the edge: nothing unexpected may reach the client
            telemetry.failure("request failed", error, route=work.route, request_id=request_id)
            answer = work.refuse(TreumError())
        answer["headers"]["X-Request-Id"] = request_id
        if headers.get("origin") in self._origins:
            answer["headers"].update(cors.headers(headers["origin"]))
        telemetry.request_line(
            route=work.route,
            status=answer["statusCode"],
            ms=(time.perf_counter() - began) * 1000,
            **work.fields,
        )
        return answer

    def _answer(self, event: Event, headers: dict[str, str], work: "_Work") -> Answer:
        route = self._table.get((event["httpMethod"], event["resource"]))
        if route is None:
            raise NoSuchRoute
        work.route = f"{self.domain}.{route.id}"
        caller = None if route.access.public else _caller(event, work)
        ip = event["requestContext"]["identity"]["sourceIp"]
        work.taken = quota.of_plan(caller)
        quota.refuse_exceeded(work.taken)
        access.check(route.access, caller, route.method)
        work.taken += quota.of_route(route, caller, ip, self._redis)
        quota.refuse_exceeded(work.taken)
        text = parsing.body_text(event, route.max_body)
        request = Request(
            id=work.fields["request_id"],
            caller=caller,
            path=parsing.parse_path(event),
            query=parsing.parse_query(route.query, event),
            body=parsing.parse_body(route, text, headers.get("content-type", "")),
            ip=ip,
            user_agent=headers.get("user-agent", ""),
            headers=headers,
            if_match=headers.get("if-match"),
            raw=text,
        )
        with behalf.of(access.behalf_of(route.access, caller)):
            return self._run(route, request, work)

    def _run(self, route: Route, request: Request, work: "_Work") -> Answer:
        raw = request.headers.get("idempotency-key")
        if route.idempotency is Idempotency.NONE or (
            raw is None and route.idempotency is Idempotency.OPTIONAL
        ):
            return work.give(route, request, _perform(route, request))
        if raw is None:
            raise idempotency.KeyMissing
        assert self._database is not None, "checked when the table was made"
        scope = idempotency.Scope(quota.subject_of(request), route.id, idempotency.parse_key(raw))
        query = request.query.model_dump_json() if request.query is not None else ""
        asked = idempotency.digest(route.method, work.instance, query, request.raw)
        kept, replayed = idempotency.once(
            self._database(), self.domain, scope, asked, lambda: _perform(route, request)
        )
        answer = work.give(route, request, kept)
        if replayed:
            answer["headers"]["Idempotent-Replayed"] = "true"
        return answer


class _Work:
    """What becomes known about one request on its way, for its answer's headers and its log line."""

    __slots__ = ("fields", "instance", "route", "taken")

    def __init__(self, request_id: str, instance: str) -> None:
        self.instance = instance
        self.route = "none"
        self.taken: list[quota.Taken] = []
        self.fields: dict[str, Any] = {"request_id": request_id}

    def give(self, route: Route, request: Request, kept: idempotency.Kept) -> Answer:
        """Return the answer of a success, or 304 when the client has this version already."""
        headers = {**ALWAYS, **kept.headers, **quota.headers(self.taken)}
        status, body = kept.status, kept.body
        if route.method == "GET" and etag.none_match(
            request.headers.get("if-none-match"), headers.get("ETag")
        ):
            status, body = 304, ""
        return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}

    def refuse(self, error: TreumError) -> Answer:
        """Return the problem document of ``error`` as an answer."""
        self.fields["code"] = error.code
        headers = {**ALWAYS, **problem.headers(error), **quota.headers(self.taken)}
        body = problem.encode(error, instance=self.instance, request_id=self.fields["request_id"])
        return {"statusCode": error.status, "headers": headers, "body": body, "isBase64Encoded": False}


def _perform(route: Route, request: Request) -> idempotency.Kept:
    """Run the route's handler and return its answer as text."""
    given = route.run(request)
    reply = given if isinstance(given, Reply) else Reply(given)
    status = reply.status or route.status
    headers = {"Content-Type": route.media_type, **dict(reply.headers)}
    if reply.etag is not None:
        headers["ETag"] = reply.etag
    return idempotency.Kept(status, headers, "" if status in _EMPTY else _text(reply.body))


def _text(body: Any) -> str:
    if body is None:
        return ""
    return body.text if isinstance(body, Text) else to_json(body, inf_nan_mode="null").decode()


def _caller(event: Event, work: _Work) -> identity.Caller:
    """Return who the authorizer found; an absent or unreadable context is nobody."""
    try:
        caller = identity.from_context(event["requestContext"]["authorizer"])
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated from error
    work.fields["subject"] = caller.subject
    if caller.key:
        work.fields["key"] = caller.key
    return caller


def _request_id(event: Event, headers: Mapping[str, str]) -> str:
    """Return the client's request id when it is sound, else the gateway's, else a new one."""
    given = headers.get("x-request-id", "")
    if _REQUEST_ID.fullmatch(given):
        return given
    known = (event.get("requestContext") or {}).get("requestId")
    return str(known) if known else ids.uuid7()


def _check(domain: str, routes: tuple[Route, ...], database: object) -> None:
    """Refuse a route table that could not be served, when it is made."""
    if not domain.isidentifier():
        raise ValueError(f"{domain!r} is no name of a domain")
    seen: set[str] = set()
    for route in routes:
        if route.id in seen or f"{route.method} {route.address}" in seen:
            raise ValueError(f"two routes of {domain} are called {route.id} or share its address")
        seen |= {route.id, f"{route.method} {route.address}"}
        if route.idempotency is not Idempotency.NONE and database is None:
            raise ValueError(f"{domain}.{route.id} is idempotent: the Api needs the domain's database")


@cache
def _redis_of_settings() -> limits.Scripts:
    from kit.stores.redis import Redis  # noqa: PLC0415 - a function without Redis does not import it

    secret = settings.optional("REDIS_SECRET") or None
    return Redis(settings.optional("REDIS_URL"), secret)
