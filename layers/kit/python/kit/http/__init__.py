"""The HTTP edge. A domain's ``api.py`` is a route table made of these names and an :class:`Api` over it."""

from kit.http.access import PUBLIC, Access, plan, role, signed_in
from kit.http.api import Api
from kit.http.routes import Body, Idempotency, Page, PageQuery, Reply, Request, Route, View
from kit.limits import Rate

NONE, OPTIONAL, REQUIRED = Idempotency.NONE, Idempotency.OPTIONAL, Idempotency.REQUIRED

__all__ = [
    "NONE",
    "OPTIONAL",
    "PUBLIC",
    "REQUIRED",
    "Access",
    "Api",
    "Body",
    "Idempotency",
    "Page",
    "PageQuery",
    "Rate",
    "Reply",
    "Request",
    "Route",
    "View",
    "plan",
    "role",
    "signed_in",
]
