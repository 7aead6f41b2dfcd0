"""One change of an account: read, change, tell, save; and again when somebody else was faster."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from kit import clock
from kit.errors import Retryable
from kit.events import Event
from users.model import User, UserId
from users.ports import Accounts, AfterCommit, RevocationMirror
from users.service.revoking import refuse_before
from users.service.tokens import stale_from

_TRIES = 5
Change = Callable[[User], User]
Telling = Callable[[User, User], Sequence[Event[Any]]]
"""Makes the events of a change from the account before and after it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes accounts. One of plan or roles makes earlier tokens stale, so that it holds at once."""

    accounts: Accounts
    mirror: RevocationMirror
    after_commit: AfterCommit

    def make(self, user_id: UserId, change: Change, telling: Telling) -> User | None:
        """Apply ``change`` to the newest version and return the account after it; None when there is none.

        A change that changes nothing writes nothing. Raises ``Retryable`` when others keep changing it.
        """
        for _ in range(_TRIES):
            user = self.accounts.by_id(user_id)
            wanted = change(user) if user else None
            if user is None or wanted is None or wanted == user:
                return user
            changed, stale = _next(user, wanted)
            if self.accounts.save(changed, user.version, telling(user, changed)):
                if stale:
                    self.after_commit(partial(refuse_before, self.mirror, changed))
                return changed
        raise Retryable("The account is being changed by others: try again")


def _next(user: User, wanted: User) -> tuple[User, bool]:
    """Return the next version of ``user``, and whether it makes earlier tokens stale."""
    now = clock.now()
    stale = (wanted.plan, wanted.roles) != (user.plan, user.roles)
    after = replace(wanted, version=user.version + 1, updated_at=now)
    return after.stale_before(stale_from(now)) if stale else after, stale
