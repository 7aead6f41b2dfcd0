"""Tell the mirror of revocations what was committed. When it is away, the schedule's next rebuild does."""

from collections.abc import Iterable

from kit.errors import Retryable
from users.model import AllEnded, FamilyId, User
from users.ports import RevocationMirror


def refuse_before(mirror: RevocationMirror, user: User) -> None:
    """Make earlier tokens of ``user`` stale at once."""
    try:
        mirror.refuse_before(user.id, user.not_before)
    except Retryable:
        return


def refuse_families(mirror: RevocationMirror, families: Iterable[FamilyId]) -> None:
    """Make tokens of ``families`` refused at once."""
    try:
        for family in families:
            mirror.revoke_family(family)
    except Retryable:
        return


def refuse_all(mirror: RevocationMirror, ended: AllEnded) -> None:
    """Make every token refused, also one of a session that ended while its answer was being written.

    Such a token may be issued later than ``not_before``; its family names it all the same.
    """
    refuse_before(mirror, ended.user)
    refuse_families(mirror, ended.families)
