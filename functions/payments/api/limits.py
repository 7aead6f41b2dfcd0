"""What the caller may pay in by their KYC tier, and what of it is used."""

from kit.http import Request, Routes, signed_in
from payments import bootstrap
from payments.api.answers import person
from payments.schemas.limits import LimitView, limit_view

routes = Routes()


@routes.get(
    "/billing/limit",
    summary="What your verification lets you pay this financial year, and what of it is used",
    reply=LimitView,
    access=signed_in(),
)
def get_billing_limit(request: Request) -> LimitView:
    """Read the caller's room."""
    return limit_view(bootstrap.orders.limiting().room(person(request)))
