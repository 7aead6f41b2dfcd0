"""Legal holds: set by one person of the staff, released by another, each recorded as a privileged action."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kit import audit, clock, ids
from kit.audit import Actor
from kit.errors import FieldError, Invalid
from privacy.errors import HoldEnded, HoldNotFound, SecondPersonRequired
from privacy.model.due import DueRows
from privacy.model.export import PersonId
from privacy.model.hold import LONGEST, Hold, HoldId
from privacy.ports import ErasureBook, HoldBook, Together


@dataclass(frozen=True, slots=True)
class Holding:
    """The use cases of holds. Reasons stay in the domain: neither events nor the person hear them."""

    holds: HoldBook
    erasures: ErasureBook
    due: DueRows
    together: Together
    now: Callable[[], datetime] = clock.now

    def set(self, person: PersonId, reason: str, until: datetime, by: Actor) -> Hold:
        """Hold. Raises ``SecondPersonRequired`` for one's own, ``Invalid`` for an end that is none."""
        now = self.now()
        if by.id == person:
            raise SecondPersonRequired
        if not now < until <= now + LONGEST:
            raise Invalid(
                "", (FieldError("/until", "OUT_OF_RANGE", "An instant within the next three years"),)
            )
        hold = Hold(HoldId(ids.uuid7()), person, reason, by.id, now, until)
        deed = audit.performed(
            by, "privacy.hold", kind="hold", id=hold.id, after={"person": person, "held": True}
        )
        with self.together():
            self.holds.guard(person)
            self.holds.add(hold, [deed])
        return hold

    def release(self, id: HoldId, by: Actor) -> Hold:  # noqa: A002 - the field's name
        """End it; what waited for it is due again.

        Raises ``HoldNotFound``, ``SecondPersonRequired``, ``HoldEnded``.
        """
        hold = self.holds.find(id)
        if hold is None:
            raise HoldNotFound
        if by.id in {hold.set_by, hold.person}:
            raise SecondPersonRequired
        deed = audit.performed(
            by,
            "privacy.release_hold",
            kind="hold",
            id=id,
            before={"person": hold.person, "held": True},
            after={"person": hold.person, "held": False},
        )
        with self.together():
            if not self.holds.release(id, by.id, self.now(), [deed]):
                raise HoldEnded
            waits = self.erasures.newest(hold.person)
            if waits is not None and waits.state == "held":
                self.due.plan("erasure.due", waits.id, self.now())
        released = self.holds.find(id)
        assert released is not None, "holds are never deleted"
        return released

    def page(self, person: PersonId | None, after: tuple[datetime, HoldId] | None, limit: int) -> list[Hold]:
        """Return holds, the newest first."""
        return self.holds.page(person, after, limit)
