"""Who pays: one's own billing profile."""

from kit.http import Rate, Request, Routes, signed_in
from payments import bootstrap
from payments.api.answers import person
from payments.errors.orders import AddressMissing, GstinInvalid, ProfileUnknown
from payments.model.profile import Profile
from payments.schemas.profile import ProfileIn, ProfileView

routes = Routes()


@routes.put(
    "/billing/profile",
    summary="Say where invoices go and which state's tax applies",
    body=ProfileIn,
    reply=ProfileView,
    access=signed_in(),
    rate=Rate(30, 60),
    errors=(GstinInvalid, AddressMissing),
)
def put_billing_profile(request: Request) -> ProfileView:
    """Replace the caller's profile."""
    body: ProfileIn = request.body
    told = Profile(person(request), body.email, body.name, body.state, body.gstin, address=body.address)
    return ProfileView.model_validate(bootstrap.orders.billing().put(told))


@routes.get(
    "/billing/profile",
    summary="Your billing profile",
    reply=ProfileView,
    access=signed_in(),
    errors=(ProfileUnknown,),
)
def get_billing_profile(request: Request) -> ProfileView:
    """Read the caller's profile."""
    return ProfileView.model_validate(bootstrap.orders.billing().get(person(request)))
