"""Proving again that it is you."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from kit.http import Body, View
from users.model import Channel, Method
from users.schemas.fields import Uuid
from users.schemas.second_factor import FactorCode


class StepUpBody(Body):
    """How the proof is to be given."""

    method: Method = Field(description="`otp`: a code is sent; `totp`: the authenticator app shows it")


class StepUpProofBody(Body):
    """The code, sent or shown."""

    step_up_id: Uuid
    code: FactorCode


class StepUpView(View):
    """A proof is awaited. ``channel`` is where a code was sent."""

    step_up_id: str
    method: Method
    channel: Channel | None
    expires_at: datetime
    again_after_s: int = Field(description="Seconds until another one may be asked for")


class SteppedUpView(View):
    """An access token in place of the one before; what demands a step-up accepts it until ``until``."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme
    expires_in: int
    level: int = Field(description="1: by a code that was sent; 2: by the authenticator app")
    until: datetime
