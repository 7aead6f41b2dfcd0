"""Setting another password."""

from datetime import datetime

from pydantic import Field

from kit.http import Body, View
from users.model import Channel, Locale
from users.schemas.fields import Addressed, DeviceSecret, Line, Password, Uuid
from users.schemas.second_factor import FactorCode


class PasswordChangeBody(Body):
    """The password that holds until now, and the one that is to hold. A session on the device is begun."""

    current_password: Password
    new_password: Password = Field(description="10 to 128 characters")
    device_id: DeviceSecret | None = None
    device_name: Line = ""


class PasswordForgotBody(Addressed):
    """The address of an account whose password is lost."""

    locale: Locale = Field(default="en", description="Of the note, if the address has no account")


class PasswordForgotView(View):
    """If the address has an account, a code is on its way; if not, a note that says so."""

    reset_id: str
    channel: Channel
    expires_at: datetime
    again_after_s: int = Field(description="Seconds until another one may be asked for")


class PasswordResetBody(Body):
    """The code that was sent, and the new password; a code of the app where one protects the account."""

    reset_id: Uuid
    code: str = Field(pattern=r"^[0-9]{6}$")
    password: Password = Field(description="10 to 128 characters")
    second_factor: FactorCode | None = None


class PasswordResetView(View):
    """The new password holds: sign in."""

    status: str = "reset"
