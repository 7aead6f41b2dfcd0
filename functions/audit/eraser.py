"""Entry point of erasure: destroys keys and does nothing else, so that it can be granted alone."""

import msgspec

from audit.bootstrap import tasks as wiring
from kit import audit
from kit.task import Tasks


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose key is destroyed, and who asked for it (a user's id)."""

    subject: str
    requested_by: str


def destroy_key(asked: Subject) -> dict[str, bool]:
    """Destroy the key of a person's data, and tell who asked for it."""
    by = audit.Actor(asked.requested_by)
    return {"destroyed": wiring.erasing().erase(asked.subject, by)}


tasks = Tasks({"destroy_key": (Subject, destroy_key)})
handler = tasks.handler
