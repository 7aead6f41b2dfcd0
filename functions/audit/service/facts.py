"""What an event says about itself, for searching. What cannot be read has no facts, and is stored too."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from audit.model.entry import NOTHING, Facts

_LONGEST = 200


class _Told(msgspec.Struct):
    """Who did it, by whichever name the event's data give it."""

    actor: str | None = None
    approved_by: str | None = None
    cancelled_by: str | None = None
    changed_by: str | None = None
    decided_by: str | None = None
    declined_by: str | None = None
    granted_by: str | None = None
    recalled_by: str | None = None
    requested_by: str | None = None
    withdrawn_by: str | None = None


class _Envelope(msgspec.Struct):
    id: UUID
    type: str
    subject: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    data: msgspec.Raw


_envelope = msgspec.json.Decoder(_Envelope)
_told = msgspec.json.Decoder(_Told)


def facts_of(value: bytes | None) -> Facts:
    """Return the facts of a record's value."""
    if value is None:
        return NOTHING
    try:
        found = _envelope.decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return NOTHING
    if not (_is_plain(found.type) and _is_plain(found.subject)):
        return NOTHING
    return Facts(str(found.id), found.type, found.subject, _actor(found.data), found.time)


def _actor(data: msgspec.Raw) -> str | None:
    try:
        told = _told.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    named = (getattr(told, name) for name in told.__struct_fields__)
    return next((one for one in named if one is not None and _is_plain(one)), None)


def _is_plain(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and "\x00" not in text
