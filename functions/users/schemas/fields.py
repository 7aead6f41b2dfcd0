"""The values of several bodies, each in one spelling."""

from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field, StringConstraints, model_validator

from kit.http import Body
from users.model import Address

_INDIA = 91


def _lower(value: str) -> str:
    # outside ASCII two spellings may be one mailbox, or none, depending on who lowers them
    if not value.isascii():
        raise ValueError("only ASCII addresses")
    return value.lower()


def _indian_number(value: str) -> str:
    """Return the number in E.164. Raises ``ValueError`` unless it is a valid Indian one."""
    import phonenumbers  # noqa: PLC0415 - its tables cost start-up, and most requests carry no number

    try:
        number = phonenumbers.parse(value, "IN")
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a phone number") from error
    if number.country_code != _INDIA or not phonenumbers.is_valid_number(number):
        raise ValueError("not a valid Indian (+91) phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("only printable characters")
    return value


Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(_lower)]
Phone = Annotated[str, Field(min_length=10, max_length=20), AfterValidator(_indian_number)]
Password = Annotated[str, Field(min_length=1, max_length=1024)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), AfterValidator(_printable)]
Uuid = Annotated[
    str, StringConstraints(to_lower=True, pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
]
DeviceSecret = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class Addressed(Body):
    """A body that names one address, e-mail or phone."""

    email: Email | None = Field(default=None, description="E-mail address")
    phone: Phone | None = Field(default=None, description="Indian mobile number, +91…")

    @model_validator(mode="after")
    def _one_address(self) -> "Addressed":
        if (self.email is None) == (self.phone is None):
            raise ValueError("give either email or phone")
        return self

    @property
    def address(self) -> Address:
        """The address that was given."""
        return Address("email", self.email) if self.email else Address("phone", self.phone or "")
