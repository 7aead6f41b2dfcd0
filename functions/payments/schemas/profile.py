"""Who pays."""

from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field, StringConstraints, WithJsonSchema

from kit.http import Body, View
from payments.model.sale import STATES


def _ascii(value: str) -> str:
    if not value.isascii():
        raise ValueError("only ASCII addresses")
    return value.lower()


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("only printable characters")
    return value


def _state(value: str) -> str:
    if value not in STATES:
        raise ValueError("no state or union territory has these letters")
    return value


State = Annotated[str, AfterValidator(_state), WithJsonSchema({"type": "string", "enum": sorted(STATES)})]
Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(_ascii)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(_printable)
]


class ProfileIn(Body):
    """What an invoice must say of its buyer."""

    email: Email
    name: Name
    state: State = Field(description="State or union territory, by its two letters: MH, KA, DL …")
    gstin: Annotated[str, StringConstraints(to_upper=True, pattern=r"^[0-9A-Za-z]{15}$")] | None = Field(
        default=None, description="A business's number, of that state"
    )


class ProfileView(View):
    """The billing profile."""

    email: str
    name: str
    state: str
    gstin: str | None
