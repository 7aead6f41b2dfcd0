"""The HTTP edge. A domain's ``api`` is made of :class:`Routes` and an :class:`Api` over them."""

from kit.http.access import (
    PUBLIC,
    Access,
    StepUpRequired,
    demand_step_up,
    oversees,
    own_or_of,
    plan,
    role,
    signed_in,
)
from kit.http.api import Api
from kit.http.routes import Body, Idempotency, Page, PageQuery, Reply, Request, Route, Text, View
from kit.http.table import Routes
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
    "Routes",
    "StepUpRequired",
    "Text",
    "View",
    "demand_step_up",
    "oversees",
    "own_or_of",
    "plan",
    "role",
    "signed_in",
]
