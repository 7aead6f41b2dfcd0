"""Cursors: where a list goes on, as opaque text. Not signed: a cursor only orders, it never grants.

A query behind a cursor still names its owner, so a forged cursor reads nothing that its caller may not.
"""

import base64
import binascii
from typing import Any, TypeVar

import msgspec

from kit.errors import FieldError, Invalid

_LONGEST = 512
T = TypeVar("T", bound=tuple[Any, ...])


def encode_cursor(key: tuple[Any, ...]) -> str:
    """Return the cursor for ``key``: the sort values of the last row shown (texts, numbers, times, UUIDs)."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str, shape: type[T]) -> T:
    """Return the sort values inside ``cursor`` as ``shape``, for example ``tuple[datetime, UUID]``.

    Raises ``Invalid`` for any other text. Bound an integer that goes to SQL: ``Annotated[int, Meta(le=…)]``.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key: T = msgspec.json.decode(raw, type=shape)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise _foreign() from error
    if len(cursor) > _LONGEST or any(isinstance(part, str) and "\x00" in part for part in key):
        raise _foreign()
    return key


def _foreign() -> Invalid:
    detail = "This cursor was not made by this list: start again without it"
    return Invalid(detail, (FieldError("?cursor", "CURSOR", detail),))
