"""Payments, and what their person may use."""

from datetime import datetime
from uuid import UUID

from kit.errors import Forbidden
from kit.http import Page, Reply, Request, Routes, oversees, own_or_of, signed_in
from kit.http.etag import of_version
from kit.pagination import decode_cursor, encode_cursor
from payments import bootstrap
from payments.api.answers import person
from payments.errors.orders import PaymentUnknown
from payments.model.ledger import PersonId
from payments.model.payment import PaymentId
from payments.schemas.payments import (
    EntitlementView,
    PaymentsQuery,
    PaymentView,
    payment_view,
)

routes = Routes()
_ACCESS = own_or_of("support")


@routes.get(
    "/payments",
    summary="Your payments, the newest first; for support, anybody's by `user`",
    query=PaymentsQuery,
    reply=Page[PaymentView],
    access=_ACCESS,
    errors=(Forbidden,),
)
def list_payments(request: Request) -> Page[PaymentView]:
    """List payments."""
    query: PaymentsQuery = request.query
    whose = PersonId(str(query.user)) if query.user else person(request)
    if whose != request.user.subject and not oversees(_ACCESS, request.user):
        raise Forbidden("Only support sees the payments of others")
    found = bootstrap.orders.payments().of_person(whose, _before(query.cursor), query.limit + 1)
    shown = found[: query.limit]
    more = encode_cursor((shown[-1].opened_at, shown[-1].id)) if len(found) > query.limit else None
    return Page[PaymentView](items=tuple(payment_view(one) for one in shown), next_cursor=more)


@routes.get(
    "/payments/{id}",
    summary="One payment of yours; for support, anybody's",
    reply=PaymentView,
    access=_ACCESS,
    errors=(PaymentUnknown,),
    etag=True,
)
def get_payment(request: Request) -> Reply:
    """Read a payment."""
    viewer = None if oversees(_ACCESS, request.user) else person(request)
    one = bootstrap.orders.reading().payment(PaymentId(request.path["id"].lower()), viewer)
    return Reply(payment_view(one), etag=of_version(one.version))


@routes.get(
    "/entitlements/me",
    summary="What you may use: your plan and your courses",
    reply=EntitlementView,
    access=signed_in(),
)
def get_entitlements(request: Request) -> EntitlementView:
    """Read what the caller may use."""
    now, waits = bootstrap.orders.reading().standing(person(request))
    return EntitlementView(plan=now.plan, valid_until=now.valid_until, items=now.items, awaiting_kyc=waits)


def _before(cursor: str | None) -> tuple[datetime, PaymentId] | None:
    if cursor is None:
        return None
    at, payment_id = decode_cursor(cursor, tuple[datetime, UUID])
    return at, PaymentId(str(payment_id))
