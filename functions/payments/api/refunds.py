"""Refunds: quote, request, decide, look."""

from datetime import datetime
from uuid import UUID

from kit.errors import PreconditionFailed
from kit.http import REQUIRED, Page, Rate, Reply, Request, Routes, oversees, own_or_of, role
from kit.http.etag import of_version
from kit.pagination import decode_cursor, encode_cursor
from payments import bootstrap
from payments.errors.orders import PaymentUnknown
from payments.errors.refunds import (
    OverrideNotYours,
    OwnRefund,
    RefundNotFound,
    RefundNotOpen,
    RefundNotPossible,
    RefundTooLarge,
    RefundUnderWay,
)
from payments.model.ledger import PersonId
from payments.model.payment import PaymentId
from payments.model.refund import Refund, RefundId
from payments.schemas.refunds import DeclineIn, RefundIn, RefundQuoteView, RefundsQuery, RefundView
from payments.service.refunding.deciding import Actor, Wish

routes = Routes()
_ACCESS = own_or_of("support")
_DECIDING = (RefundNotFound, RefundNotOpen, OwnRefund, PreconditionFailed)


@routes.get(
    "/payments/{id}/refund-quote",
    summary="What of a payment goes back by the rules, now",
    reply=RefundQuoteView,
    access=_ACCESS,
    errors=(PaymentUnknown,),
)
def quote_refund(request: Request) -> RefundQuoteView:
    """Quote one's own payment; support quotes any."""
    by = _actor(request)
    quoting = bootstrap.refunds.quoting()
    payment = quoting.payment(PaymentId(request.path["id"]), None if by.staff else by.id)
    return RefundQuoteView.of(quoting.quote(payment))


@routes.post(
    "/payments/{id}/refunds",
    summary="Ask for money back",
    body=RefundIn,
    reply=RefundView,
    status=201,
    access=_ACCESS,
    idempotency=REQUIRED,
    rate=Rate(10, 3600, "refunds", strict=True),
    errors=(PaymentUnknown, OverrideNotYours, RefundNotPossible, RefundTooLarge, RefundUnderWay),
    etag=True,
)
def request_refund(request: Request) -> Reply:
    """Ask, as the payer or for them; somebody else decides."""
    body: RefundIn = request.body
    wish = Wish(body.reason, body.amount, body.override, body.keeps_access)
    one = bootstrap.refunds.deciding().request(PaymentId(request.path["id"]), wish, _actor(request))
    return _reply(one)


@routes.get(
    "/refunds",
    summary="Refunds, the newest first: one's own, for support everybody's",
    query=RefundsQuery,
    reply=Page[RefundView],
    access=_ACCESS,
)
def list_refunds(request: Request) -> Page[RefundView]:
    """List a page."""
    asked: RefundsQuery = request.query
    found = bootstrap.refunds.deciding().page(
        _actor(request), asked.status, _before(asked.cursor), asked.limit + 1
    )
    shown = found[: asked.limit]
    more = encode_cursor((shown[-1].requested_at, shown[-1].id)) if len(found) > asked.limit else None
    return Page[RefundView](items=tuple(RefundView.of(one) for one in shown), next_cursor=more)


@routes.get(
    "/refunds/{id}",
    summary="A refund with the steps of its saga: which are done, since when, and which is next",
    reply=RefundView,
    access=_ACCESS,
    errors=(RefundNotFound,),
    etag=True,
)
def read_refund(request: Request) -> Reply:
    """Read one's own; support reads any."""
    return _reply(bootstrap.refunds.deciding().find(RefundId(request.path["id"]), _actor(request)))


@routes.post(
    "/refunds/{id}/approve",
    summary="Let a refund begin that somebody else asked for, and that somebody else gets",
    reply=RefundView,
    access=role("support"),
    idempotency=REQUIRED,
    errors=_DECIDING,
    etag=True,
)
def approve_refund(request: Request) -> Reply:
    """Approve the version that ``If-Match`` names."""
    deciding, by = bootstrap.refunds.deciding(), _actor(request)
    return _reply(deciding.approve(RefundId(request.path["id"]), by, request.expected_version()))


@routes.post(
    "/refunds/{id}/decline",
    summary="Decline a refund that somebody else asked for",
    body=DeclineIn,
    reply=RefundView,
    access=role("support"),
    idempotency=REQUIRED,
    errors=_DECIDING,
    etag=True,
)
def decline_refund(request: Request) -> Reply:
    """Decline the version that ``If-Match`` names."""
    body: DeclineIn = request.body
    deciding, by = bootstrap.refunds.deciding(), _actor(request)
    return _reply(deciding.decline(RefundId(request.path["id"]), by, request.expected_version(), body.reason))


def _actor(request: Request) -> Actor:
    who = request.user
    roles = tuple(sorted(who.roles))
    return Actor(PersonId(who.subject), staff=oversees(_ACCESS, who), roles=roles, request_id=request.id)


def _reply(one: Refund) -> Reply:
    return Reply(RefundView.of(one), etag=of_version(one.version))


def _before(cursor: str | None) -> tuple[datetime, RefundId] | None:
    if cursor is None:
        return None
    at, refund_id = decode_cursor(cursor, tuple[datetime, UUID])
    return at, RefundId(str(refund_id))
