"""The values of several bodies, each in one spelling."""

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, EmailStr, Field, StringConstraints

_FIRST: Final = datetime(2020, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2100, 1, 1, tzinfo=UTC)


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("only printable characters")
    return value


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_printable)
]
Email = Annotated[EmailStr, Field(max_length=254)]
Moment = Annotated[AwareDatetime, Field(ge=_FIRST, le=_LAST)]
"""A time with its zone, near enough to ours that a period may be added to it."""
