"""Changing the addresses of one's own account."""

from kit.http import PUBLIC, Request, Routes, signed_in
from users import bootstrap, schemas
from users.api import proofs, rates
from users.errors import (
    AddressChangeUnknown,
    AddressTaken,
    AddressUnchanged,
    CodeRefused,
    StopRefused,
    TooManyCodes,
    UserUnknown,
)
from users.model import Address, AddressChangeId, UserId

routes = Routes()
_BEGUN = (AddressUnchanged, TooManyCodes, UserUnknown)


@routes.post(
    "/users/me/email",
    summary="Ask for another e-mail address; codes are sent to it and to the address before",
    body=schemas.EmailBody,
    reply=schemas.AddressChangeView,
    status=202,
    access=signed_in().with_step_up(),
    rate=rates.ADDRESSES,
    errors=_BEGUN,
)
def change_email(request: Request) -> schemas.AddressChangeView:
    """Begin with an e-mail address."""
    return _begin(request, Address("email", request.body.email))


@routes.post(
    "/users/me/phone",
    summary="Ask for another phone number; codes are sent to it and to the address before",
    body=schemas.PhoneBody,
    reply=schemas.AddressChangeView,
    status=202,
    access=signed_in().with_step_up(),
    rate=rates.ADDRESSES,
    errors=_BEGUN,
)
def change_phone(request: Request) -> schemas.AddressChangeView:
    """Begin with a phone number."""
    return _begin(request, Address("phone", request.body.phone))


@routes.post(
    "/users/me/address-changes/confirm",
    summary="Confirm with both codes: the address holds at once; with the new one's alone, in three days",
    body=schemas.AddressCodesBody,
    reply=schemas.AddressOutcomeView,
    access=signed_in(),
    rate=rates.STEP_UP_PROOFS,
    errors=(CodeRefused, AddressTaken, UserUnknown),
)
def confirm_address_change(request: Request) -> schemas.AddressOutcomeView:
    """Confirm."""
    body: schemas.AddressCodesBody = request.body
    user_id, change_id = UserId(request.user.subject), AddressChangeId(body.change_id)
    waits = bootstrap.api.address_changing().confirm(user_id, change_id, body.new_code, body.old_code)
    if waits is None:
        return schemas.AddressOutcomeView(status="changed", takes_effect_at=None)
    return schemas.AddressOutcomeView(status="waiting", takes_effect_at=waits.due_at)


@routes.get(
    "/users/me/address-changes",
    summary="List the changes of your addresses that wait for their time",
    reply=schemas.WaitingChangesView,
    access=signed_in(),
)
def list_address_changes(request: Request) -> schemas.WaitingChangesView:
    """List one's own."""
    found = bootstrap.api.address_changing().waiting(UserId(request.user.subject))
    return schemas.WaitingChangesView(items=tuple(schemas.WaitingChangeView.of(one) for one in found))


@routes.delete(
    "/users/me/address-changes/{id}",
    summary="Withdraw a change of an address that waits",
    status=204,
    access=signed_in(),
    errors=(AddressChangeUnknown,),
)
def delete_address_change(request: Request) -> None:
    """Withdraw one's own."""
    user_id, change_id = UserId(request.user.subject), AddressChangeId(request.path["id"])
    bootstrap.api.address_changing().withdraw(user_id, change_id)


@routes.post(
    "/auth/address-change/stop",
    summary="Stop a change by the word sent to the address before; every device is signed out",
    body=schemas.StopBody,
    status=204,
    access=PUBLIC,
    rate=rates.PROOFS,
    errors=(StopRefused,),
)
def stop_address_change(request: Request) -> None:
    """Stop it, signed in or not."""
    bootstrap.api.address_changing().stop(request.body.word)


def _begin(request: Request, address: Address) -> schemas.AddressChangeView:
    change = bootstrap.api.address_changing().begin(proofs.owner(request), address)
    return schemas.AddressChangeView.of(change)
