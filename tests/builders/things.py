"""A small route table with one route of every kind, for tests of the HTTP edge."""

from decimal import Decimal
from typing import Any

from builders.proxy import event
from kit.http import PUBLIC, Api, Body, PageQuery, Reply, Request, Route, View, plan, role, signed_in
from kit.http.etag import of_version
from kit.identity import Caller, Limit

ID = "0198a1b2-0000-7000-8000-000000000001"
USER = Caller("user-1", frozenset({"user"}), limit=Limit(100, 99, 1800))


class NewThing(Body):
    name: str
    amount: int


class Thing(View):
    name: str
    amount: int
    price: Decimal = Decimal("10.50")


class Search(PageQuery):
    tags: tuple[str, ...] = ()


def make(request: Request) -> Thing:
    body: NewThing = request.body
    return Thing(name=body.name, amount=body.amount)


def seen(request: Request) -> dict[str, Any]:
    return {"id": request.path["id"], "who": request.user.subject, "agent": request.user_agent}


def fail(error: Exception) -> Route:
    """Return a route that raises ``error``."""

    def run(_request: Request) -> None:
        raise error

    return Route("GET", "/failing", run, id="fail", summary="Fails", access=PUBLIC)


def change(request: Request) -> Reply:
    version = request.expected_version()
    return Reply(Thing(name="a", amount=version), etag=of_version(version + 1))


ROUTES = (
    Route("POST", "/things", make, id="make", summary="Make", body=NewThing, status=201, access=signed_in()),
    Route("GET", "/things/{id}", seen, id="see", summary="See", access=signed_in()),
    Route("PATCH", "/things/{id}", change, id="change", summary="Change", access=signed_in(), etag=True),
    Route(
        "GET",
        "/things",
        lambda request: {"limit": request.query.limit, "tags": request.query.tags},
        id="list",
        summary="List",
        query=Search,
        access=PUBLIC,
    ),
    Route(
        "GET",
        "/versioned",
        lambda _request: Reply({"a": 1}, etag=of_version(7)),
        id="versioned",
        summary="Versioned",
        access=PUBLIC,
        etag=True,
    ),
    Route("DELETE", "/things", lambda _request: None, id="drop", summary="Drop", status=204, access=PUBLIC),
    Route("GET", "/admin", lambda _request: {}, id="admin", summary="A", access=role("compliance")),
    Route("GET", "/paid", lambda _request: {}, id="paid", summary="P", access=plan("premium")),
    Route(
        "GET",
        "/careful",
        lambda _request: {},
        id="careful",
        summary="C",
        access=signed_in().with_step_up(300),
    ),
    Route("GET", "/.well-known/keys.json", lambda _request: {}, id="keys", summary="K", access=PUBLIC),
)
API = Api("things", ROUTES)


def post(raw: str, **more: Any) -> dict[str, Any]:
    """Return a POST of ``raw`` to ``/things`` by the user."""
    return event("POST", "/api/v1/things", raw=raw, caller=USER, **more)
