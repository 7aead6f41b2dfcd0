"""What was sent to a webhook endpoint; sending again, and trying it out."""

from datetime import datetime
from uuid import UUID

from kit.http import OPTIONAL, Page, Request, Routes, signed_in
from kit.pagination import decode_cursor, encode_cursor
from partners import bootstrap
from partners.api.answers import CHANGES, TESTS, owner
from partners.errors import DeliveryUnknown, EndpointClosed, EndpointUnknown
from partners.model.webhook import DeliveryId, EndpointId
from partners.ports import LogQuery
from partners.schemas.webhooks import (
    DeliveryDetailView,
    DeliveryQuery,
    DeliveryView,
    ReplayIn,
    ReplayView,
    TestView,
)

routes = Routes()


@routes.get(
    "/partners/endpoints/{id}/deliveries",
    summary="What was sent, the newest first; kept for 30 days",
    query=DeliveryQuery,
    reply=Page[DeliveryView],
    access=signed_in(),
    errors=(EndpointUnknown,),
)
def list_deliveries(request: Request) -> Page[DeliveryView]:
    """List a page."""
    asked: DeliveryQuery = request.query
    query = LogQuery(asked.state, _after(asked.cursor), asked.limit + 1)
    found = bootstrap.api.logs().page(owner(request), EndpointId(request.path["id"]), query)
    shown = found[: asked.limit]
    more = encode_cursor((shown[-1].created_at, shown[-1].id)) if len(found) > asked.limit else None
    return Page[DeliveryView](
        items=tuple(DeliveryView.model_validate(one) for one in shown), next_cursor=more
    )


@routes.get(
    "/partners/deliveries/{id}",
    summary="A delivery with its body and every attempt",
    reply=DeliveryDetailView,
    access=signed_in(),
    errors=(DeliveryUnknown,),
)
def get_delivery(request: Request) -> DeliveryDetailView:
    """Read one's own."""
    return DeliveryDetailView.of(*bootstrap.api.logs().read(owner(request), DeliveryId(request.path["id"])))


@routes.post(
    "/partners/endpoints/{id}/tests",
    summary="Send a test message, signed as any other",
    reply=TestView,
    status=202,
    access=signed_in(),
    rate=TESTS,
    errors=(EndpointUnknown, EndpointClosed),
)
def test_endpoint(request: Request) -> TestView:
    """Plan one; its delivery shows what came of it."""
    planned = bootstrap.api.logs().test(owner(request), EndpointId(request.path["id"]))
    return TestView(delivery_id=planned)


@routes.post(
    "/partners/endpoints/{id}/replays",
    summary="Send again: one delivery, or what failed since a time",
    body=ReplayIn,
    reply=ReplayView,
    status=202,
    access=signed_in(),
    rate=CHANGES,
    idempotency=OPTIONAL,
    errors=(EndpointUnknown, DeliveryUnknown, EndpointClosed),
)
def replay_deliveries(request: Request) -> ReplayView:
    """Begin new rounds, under the same message ids."""
    body: ReplayIn = request.body
    who, endpoint = owner(request), EndpointId(request.path["id"])
    if body.failed_since is not None:
        return ReplayView(replayed=bootstrap.api.logs().replay_failed(who, endpoint, body.failed_since))
    bootstrap.api.logs().replay(who, endpoint, DeliveryId(body.delivery_id or ""))
    return ReplayView(replayed=1)


def _after(cursor: str | None) -> tuple[datetime, DeliveryId] | None:
    if cursor is None:
        return None
    at, last = decode_cursor(cursor, tuple[datetime, UUID])
    return at, DeliveryId(str(last))
