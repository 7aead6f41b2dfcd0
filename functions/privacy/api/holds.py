"""Legal holds: compliance sets one, somebody else of compliance releases it."""

from datetime import datetime
from uuid import UUID

from kit.http import REQUIRED, Page, Rate, Request, Routes, role
from kit.pagination import decode_cursor, encode_cursor
from privacy import bootstrap
from privacy.errors import HoldEnded, HoldNotFound, SecondPersonRequired
from privacy.model.export import PersonId
from privacy.model.hold import HoldId
from privacy.schemas.holds import HoldIn, HoldsQuery, HoldView

routes = Routes()
_STAFF = role("compliance")
_RATE = Rate(60, 3600, "privacy-holds", strict=True)


@routes.get(
    "/privacy/holds",
    summary="Legal holds, the newest first",
    query=HoldsQuery,
    reply=Page[HoldView],
    access=_STAFF,
)
def list_holds(request: Request) -> Page[HoldView]:
    """List a page."""
    asked: HoldsQuery = request.query
    person = PersonId(str(asked.person)) if asked.person else None
    found = bootstrap.api.holding().page(person, _after(asked.cursor), asked.limit + 1)
    shown = found[: asked.limit]
    more = encode_cursor((shown[-1].set_at, shown[-1].id)) if len(found) > asked.limit else None
    return Page[HoldView](items=tuple(HoldView.of(one) for one in shown), next_cursor=more)


@routes.post(
    "/privacy/holds",
    summary="Keep a person's data as it is, for a reason and until an end: recorded",
    body=HoldIn,
    reply=HoldView,
    status=201,
    access=_STAFF,
    idempotency=REQUIRED,
    rate=_RATE,
    errors=(SecondPersonRequired,),
)
def set_hold(request: Request) -> HoldView:
    """Set it."""
    body: HoldIn = request.body
    by = bootstrap.api.witness().actor(request)
    return HoldView.of(bootstrap.api.holding().set(PersonId(str(body.person)), body.reason, body.until, by))


@routes.post(
    "/privacy/holds/{id}/release",
    summary="End a hold that somebody else set: recorded",
    reply=HoldView,
    access=_STAFF,
    idempotency=REQUIRED,
    rate=_RATE,
    errors=(HoldNotFound, SecondPersonRequired, HoldEnded),
)
def release_hold(request: Request) -> HoldView:
    """Release it."""
    by = bootstrap.api.witness().actor(request)
    return HoldView.of(bootstrap.api.holding().release(HoldId(request.path["id"]), by))


def _after(cursor: str | None) -> tuple[datetime, HoldId] | None:
    if cursor is None:
        return None
    at, last = decode_cursor(cursor, tuple[datetime, UUID])
    return at, HoldId(str(last))
