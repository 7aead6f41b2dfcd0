"""The authenticator app of an account."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from kit.http import Body, View
from users.schemas.fields import DeviceSecret, Line, Uuid

FactorCode = Annotated[
    str,
    Field(pattern=r"^([0-9]{6}|[A-Za-z0-9]{5}-?[A-Za-z0-9]{5})$", description="Of the app, or a backup code"),
]


class SecondFactorBody(Body):
    """The second half of a sign-in: `challenge_id` and `device_id` are those of the 401."""

    challenge_id: Uuid
    code: FactorCode
    device_id: DeviceSecret
    device_name: Line = ""


class AppCodeBody(Body):
    """A code of the app that was just set up."""

    code: str = Field(pattern=r"^[0-9]{6}$")


class EnrolmentView(View):
    """What the app is to learn; it is shown once."""

    secret: str = Field(description="Base32, to be typed where nothing can be scanned")
    uri: str = Field(description="`otpauth://…`, to be shown as a QR code")


class BackupCodesView(View):
    """Ten codes that replace the app once each; they are shown once."""

    codes: tuple[str, ...]


class SecondFactorView(View):
    """Whether an authenticator app protects the account."""

    enabled: bool
    since: datetime | None
    backup_codes_left: int
