"""What crosses HTTP: bodies in, views out. Addresses are brought to one spelling here."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, EmailStr, Field, StringConstraints, model_validator

from kit.http import Body, View
from kit.identity import Plan, Role
from users.model import Address, Locale, Source, User

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


class RegisterBody(Addressed):
    """A registration."""

    password: Password = Field(description="10 to 128 characters")
    display_name: Line = ""
    locale: Locale = "en"


class VerifyBody(Body):
    """A one-time code given back."""

    verification_id: Uuid
    code: str = Field(pattern=r"^[0-9]{6}$")


class ResendBody(Body):
    """A request for another code."""

    verification_id: Uuid


class LoginBody(Addressed):
    """A sign-in. ``device_id`` is kept by the client and sent again with each refresh."""

    password: Password
    device_id: DeviceSecret | None = None
    device_name: Line = ""


class RefreshBody(Body):
    """A refresh token given back from its device."""

    refresh_token: str = Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")
    device_id: str = Field(min_length=1, max_length=64)


class ProfileBody(Body):
    """What a person may change of their account; what is left out stays."""

    display_name: Line | None = None
    locale: Locale | None = None


class PlanBody(Body):
    """A plan to be granted; free takes back what was granted."""

    plan: Plan
    valid_until: AwareDatetime | None = Field(
        default=None, description="When the grant ends; null: nothing ends it"
    )


class RolesBody(Body):
    """The whole set of roles an account is to have."""

    roles: tuple[Role, ...] = Field(min_length=1, max_length=8)


class UserQuery(Addressed):
    """Which account an administrator looks for."""


class VerificationView(View):
    """A code is on its way."""

    verification_id: str
    channel: Literal["email", "phone"]
    expires_at: datetime
    resend_after_s: int


class VerifiedView(View):
    """The address is proven: sign in."""

    status: Literal["verified"] = "verified"


class GrantView(View):
    """Tokens of a session (RFC 6749 names)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme
    expires_in: int
    refresh_token: str
    refresh_expires_at: datetime
    device_id: str


class UserView(View):
    """An account as its owner and administrators see it."""

    id: str
    email: str | None
    phone: str | None
    display_name: str
    locale: Locale
    roles: tuple[Role, ...]
    plan: Plan
    valid_until: datetime | None = Field(description="When the plan ends; null: nothing ends it")
    source: Source = Field(description="Where the plan comes from")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, user: User, now: datetime) -> "UserView":
        """Return the account with the plan that holds at ``now``."""
        held = user.entitled(now)
        return cls(
            id=user.id,
            email=user.email,
            phone=user.phone,
            display_name=user.display_name,
            locale=user.locale,
            roles=user.roles,
            plan=held.plan,
            valid_until=held.until,
            source=held.source,
            created_at=user.created_at,
            updated_at=user.updated_at,
        )


class UsersView(View):
    """Accounts that were found."""

    items: tuple[UserView, ...]


class DeviceView(View):
    """A signed-in device."""

    id: str
    name: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


class DevicesView(View):
    """Devices that are signed in, the last seen first."""

    items: tuple[DeviceView, ...]


class JwksView(View):
    """Public keys (RFC 7517)."""

    keys: tuple[dict[str, Any], ...]
