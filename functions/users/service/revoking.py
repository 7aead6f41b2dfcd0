"""Tell the mirror of revocations what was committed."""

from kit.errors import Retryable
from users.model import User
from users.ports import RevocationMirror


def refuse_before(mirror: RevocationMirror, user: User) -> None:
    """Make earlier tokens of ``user`` stale at once; when it is away, the schedule's next rebuild does."""
    try:
        mirror.refuse_before(user.id, user.not_before)
    except Retryable:
        return
