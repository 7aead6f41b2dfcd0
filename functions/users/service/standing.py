"""Disable an account, enable it again, end somebody's sessions: each for a reason that is kept (ADR 240)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from kit import audit, clock
from kit.audit import Actor
from kit.errors import Conflict, NotFound
from kit.events import Event
from users.errors import (
    AlreadyDisabled,
    LastAdministrator,
    NotDisabled,
    OwnAccount,
    UserUnknown,
)
from users.model import AllEnded, Disabled, User, UserId
from users.ports import RevocationMirror, Sessions, Standing, Undone
from users.service import facts
from users.service.notices import Notices
from users.service.revoking import refuse_all
from users.service.tokens import stale_from

_NOT_DISABLED: Final[dict[Undone, type[Conflict | NotFound]]] = {
    "unknown": UserUnknown,
    "already": AlreadyDisabled,
    "last": LastAdministrator,
}
_ENDED = "ended_by_support"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why, as one of a list, and the case that tells the rest: no free text, it would name people."""

    reason: str
    reference: str


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """What support and administrators do about who may come in."""

    standing: Standing
    sessions: Sessions
    mirror: RevocationMirror
    notices: Notices

    def disable(self, user_id: UserId, by: Actor, cause: Cause) -> None:
        """Let nobody in with the account, and end its sessions with the next request.

        Raises ``OwnAccount``, ``UserUnknown``, ``AlreadyDisabled``, ``LastAdministrator``.
        """
        if user_id == by.id:
            raise OwnAccount
        now = clock.now()
        how = Disabled(now, cause.reason, cause.reference)

        def tell(after: User) -> Sequence[Event[Any]]:
            return (
                *facts.disabled(after, how, by.id),
                _deed(by, "user.disable", after, cause, disabled=True),
            )

        ended = self.standing.disable(user_id, how, stale_from(now), tell)
        if not isinstance(ended, AllEnded):
            raise _NOT_DISABLED[ended]
        refuse_all(self.mirror, ended)
        self.notices.tell(ended.user, "disabled")

    def enable(self, user_id: UserId, by: Actor, cause: Cause) -> None:
        """Let the account be signed in to again. Raises ``UserUnknown``, ``NotDisabled``."""
        now = clock.now()

        def tell(after: User) -> Sequence[Event[Any]]:
            fact = facts.enabled(after, by.id, cause.reason, cause.reference, now)
            return fact, _deed(by, "user.enable", after, cause, disabled=False)

        user = self.standing.enable(user_id, now, tell)
        if not isinstance(user, User):
            raise UserUnknown if user == "unknown" else NotDisabled
        self.notices.tell(user, "enabled")

    def end_sessions(self, user_id: UserId, by: Actor, cause: Cause) -> None:
        """End every session of somebody with the next request, if there is any. Raises ``UserUnknown``."""
        now = clock.now()

        def tell(after: User) -> Sequence[Event[Any]]:
            state = {"reason": cause.reason, "reference": cause.reference, "not_before": after.not_before}
            deed = audit.performed(by, "user.end_sessions", kind="user", id=after.id, after=state)
            return facts.sessions_ended(after, _ENDED, now), deed

        ended = self.sessions.end_all(user_id, _ENDED, stale_from(now), now, tell)
        if ended is None:
            raise UserUnknown
        refuse_all(self.mirror, ended)
        self.notices.tell(ended.user, "sessions_ended")


def _deed(by: Actor, action: str, user: User, cause: Cause, *, disabled: bool) -> Event[Any]:
    after = {"disabled": disabled, "reason": cause.reason, "reference": cause.reference}
    return audit.performed(
        by, action, kind="user", id=user.id, before={"disabled": not disabled}, after=after
    )
