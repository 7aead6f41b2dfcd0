"""How an account comes into being."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from kit.http import Body, View
from users.model import Locale
from users.schemas.fields import Addressed, Line, Password, Uuid


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


class VerificationView(View):
    """A code is on its way."""

    verification_id: str
    channel: Literal["email", "phone"]
    expires_at: datetime
    resend_after_s: int


class VerifiedView(View):
    """The address is proven: sign in."""

    status: Literal["verified"] = "verified"
