"""The values of several bodies, each in one spelling."""

from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field, StringConstraints


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("only printable characters")
    return value


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_printable)
]
Email = Annotated[EmailStr, Field(max_length=254)]
