"""Who pays."""

from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field, StringConstraints, WithJsonSchema

from kit.http import Body, View
from payments.model.sale import STATES

_MOST_LINES = 5


def _ascii(value: str) -> str:
    if not value.isascii():
        raise ValueError("only ASCII addresses")
    return value.lower()


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("only printable characters")
    return value


def _lines(value: str) -> str:
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    if not lines or len(lines) > _MOST_LINES or not all(line.isprintable() for line in lines):
        raise ValueError(f"one to {_MOST_LINES} lines of printable characters")
    return "\n".join(lines)


def _state(value: str) -> str:
    if value not in STATES:
        raise ValueError("no state or union territory has these letters")
    return value


State = Annotated[str, AfterValidator(_state), WithJsonSchema({"type": "string", "enum": sorted(STATES)})]
Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(_ascii)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(_printable)
]
Address = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_lines)]


class ProfileIn(Body):
    """What an invoice must say of its buyer."""

    email: Email
    name: Name
    state: State = Field(description="State or union territory, by its two letters: MH, KA, DL …")
    gstin: Annotated[str, StringConstraints(to_upper=True, pattern=r"^[0-9A-Za-z]{15}$")] | None = Field(
        default=None, description="A business's number, of that state"
    )
    address: Address | None = Field(
        default=None, description="Up to five lines as the invoice prints them; a business must say it"
    )


class ProfileView(View):
    """The billing profile."""

    email: str
    name: str
    state: str
    gstin: str | None
    address: str | None
