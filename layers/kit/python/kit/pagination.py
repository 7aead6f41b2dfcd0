"""Cursors: where a list goes on, as opaque text. Not signed: a cursor only orders, it never grants.

A query behind a cursor still names its owner, so a forged cursor reads nothing that its caller may not.
"""

import base64
import binascii

import msgspec

from kit.errors import FieldError, Invalid

_LONGEST = 512
Key = tuple[str | int, ...]


def encode_cursor(key: Key) -> str:
    """Return the cursor for ``key``: the sort values of the last row shown."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str, width: int) -> Key:
    """Return the ``width`` sort values inside ``cursor``. Raises ``Invalid`` for any other text."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = msgspec.json.decode(raw, type=tuple[str | int, ...])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise _foreign() from error
    bad = len(key) != width or len(cursor) > _LONGEST
    if bad or any(isinstance(part, str) and "\x00" in part for part in key):
        raise _foreign()
    return key


def _foreign() -> Invalid:
    detail = "This cursor was not made by this list: start again without it"
    return Invalid(detail, (FieldError("?cursor", "CURSOR", detail),))
