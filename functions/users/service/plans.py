"""Keep the plan in step with what is granted, what is paid, and the time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from kit import clock, events, telemetry
from kit.events import Event
from kit.events.payment_events import EntitlementChanged
from kit.events.user_events import UserPlanChanged
from users.model import Term, User, UserId
from users.ports import Accounts
from users.service.changes import Changes

_AT_ONCE = 200
_MOST = 10_000
_BY_PAYMENTS = "payments"
_BY_TIME = "time"


@dataclass(frozen=True, slots=True)
class PlanKeeping:
    """Follows payments, and ends what has ended although nobody said so."""

    accounts: Accounts
    changes: Changes

    def follow(self, event: Event[EntitlementChanged]) -> None:
        """Take over what is paid; an older version, a repeat and an unknown person change nothing.

        Tells the plan when it changes, and its new end when only that moves. Raises ``Retryable``.
        """
        data, now = event.data, clock.now()

        def change(user: User) -> User:
            if user.paid_version >= event.version:
                return user
            paid = Term(data.plan, data.valid_until)
            return replace(user, paid=paid, paid_version=event.version).settled(now)

        def telling(user: User, changed: User) -> Sequence[Event[Any]]:
            return told(user, changed, _BY_PAYMENTS, event)

        if self.changes.make(UserId(data.user_id), change, telling) is None:
            telemetry.warning("paid for somebody without an account", user_id=data.user_id, event_id=event.id)

    def end_due(self) -> int:
        """Settle the accounts whose plan has ended by now; return how many. Raises ``Retryable``."""
        ended = 0
        while ended < _MOST and (due := self.accounts.ended(clock.now(), _AT_ONCE)):
            for user_id in due:
                self.changes.make(user_id, lambda user: user.settled(clock.now()), _by_time)
            ended += len(due)
        return ended


def told(user: User, changed: User, by: str, cause: Event[Any] | None = None) -> Sequence[Event[Any]]:
    """Return the event of ``changed`` if its plan or the plan's end is another than that of ``user``."""
    if (user.plan, user.valid_until) == (changed.plan, changed.valid_until):
        return ()
    data = UserPlanChanged(
        user_id=user.id,
        plan=changed.plan,
        previous=user.plan,
        changed_by=by,
        changed_at=clock.now(),
        valid_until=changed.valid_until,
    )
    return (events.new(data, subject=user.id, version=changed.version, cause=cause),)


def _by_time(user: User, changed: User) -> Sequence[Event[Any]]:
    return told(user, changed, _BY_TIME)
