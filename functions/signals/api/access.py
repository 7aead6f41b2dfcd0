"""Who is staff here, and what a caller may see."""

from kit.http import role
from kit.identity import Caller
from signals.model.access import Access, access_for
from signals.model.people import Person

STAFF = role("analyst", "approver", "compliance")


def person_of(caller: Caller) -> Person:
    """Return who acts, in the domain's words."""
    return Person(caller.subject, frozenset(caller.roles))


def access_of(caller: Caller) -> Access:
    """Return what ``caller`` may see: staff everything, the others by their plan."""
    staff = caller.has("analyst") or caller.has("approver") or caller.has("compliance")
    return access_for(caller.plan, staff=staff)
