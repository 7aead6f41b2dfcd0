"""Records and events as the audit domain's tests need them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from audit.model.entry import Chain, Facts, Incoming
from audit.service.facts import facts_of
from kit import events, ids
from kit.events.user_events import UserPlanChanged

AT = datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC)
USERS = Chain("user-events", 0)
OTHER = Chain("user-events", 1)
MONEY = Chain("payment-events", 0)


def event_bytes(subject: str = "u-1", by: str = "admin-1") -> bytes:
    """Return a real event as a relay would publish it."""
    fact = UserPlanChanged(user_id=subject, plan="premium", previous="free", changed_by=by, changed_at=AT)
    return events.encode(events.new(fact, subject=subject, version=2))


def record(
    offset: int, value: bytes | None = b"{}", facts: Facts | None = None, key: bytes | None = b"k"
) -> Incoming:
    """Return a record at ``offset``; without ``facts`` it is an event of its own."""
    told = facts or Facts(ids.uuid7(), "thing.done", "s-1", "a-1", AT)
    return Incoming(offset, 1_790_000_000_000 + offset, key, value, told if value is not None else Facts())


def told(offset: int, value: bytes | None = None) -> Incoming:
    """Return a record with a real event and what it says."""
    raw = value or event_bytes(f"u-{offset % 7}")
    return Incoming(offset, 1_790_000_000_000 + offset, b"k", raw, facts_of(raw))


def records(first: int, many: int) -> Sequence[Incoming]:
    """Return ``many`` records from the offset ``first`` on, each with an event of its own."""
    return [told(offset) for offset in range(first, first + many)]


def later(seconds: float) -> datetime:
    """Return a moment after ``AT``."""
    return AT + timedelta(seconds=seconds)
