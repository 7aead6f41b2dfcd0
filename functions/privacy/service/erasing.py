"""Erasure: asked for, 48 hours to take it back, held by law or not, then domain by domain, then the key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kit import clock, ids, telemetry
from kit.events import Event
from kit.events.privacy_events import PrivacyErased
from privacy.errors import ErasureBegun, ErasureNotFound, ErasureOpen, StillEngaged
from privacy.model.due import DueRows
from privacy.model.erasure import (
    ASK_AGAIN,
    LATE_AFTER,
    LOOK_AGAIN,
    NOTICE,
    Answer,
    Erasure,
    ErasureId,
    ErasureState,
    Kept,
)
from privacy.model.export import DOMAINS, PersonId
from privacy.ports import Engagements, ErasureBook, ExportBook, HoldBook, KeyDestroyer, Together
from privacy.service import facts

_WHAT_TO_DO = {
    "subscription": "cancel your subscription (POST /subscriptions/{id}/cancel)",
    "refund": "wait until your refund is decided and paid, or declined",
}


@dataclass(frozen=True, slots=True)
class Erasing:
    """The use cases of erasures."""

    erasures: ErasureBook
    exports: ExportBook
    holds: HoldBook
    engagements: Engagements
    keys: KeyDestroyer
    due: DueRows
    together: Together
    now: Callable[[], datetime] = clock.now

    def request(self, person: PersonId) -> Erasure:
        """Plan it for 48 hours from now. Raises ``StillEngaged``, ``ErasureOpen``."""
        open_ = self.engagements.open_of(person)
        if open_:
            raise StillEngaged(f"First {' and '.join(_WHAT_TO_DO[kind] for kind in open_)}; then ask again")
        now = self.now()
        one = Erasure(ErasureId(ids.uuid7()), person, DOMAINS, now, now + NOTICE)
        with self.together():
            if not self.erasures.open(one, facts.erasure_requested(one)):
                raise ErasureOpen
            self.due.plan("erasure.due", one.id, one.due_at)
        return one

    def find(self, id: ErasureId, person: PersonId) -> Erasure:  # noqa: A002 - the field's name
        """Return the person's own. Raises ``ErasureNotFound``."""
        one = self.erasures.find(id)
        if one is None or one.person != person:
            raise ErasureNotFound
        return one

    def newest(self, person: PersonId) -> Erasure | None:
        """Return the person's newest."""
        return self.erasures.newest(person)

    def answers(self, one: Erasure) -> tuple[Answer, ...]:
        """Return what domains answered."""
        return self.erasures.answers(one.id)

    def cancel(self, id: ErasureId, person: PersonId) -> Erasure:  # noqa: A002 - as above
        """Take it back; doing so twice is doing so once. Raises ``ErasureNotFound``, ``ErasureBegun``."""
        one = self.find(id, person)
        if one.state == "cancelled":
            return one
        if one.state not in {"waiting", "held"}:
            raise ErasureBegun
        with self.together():
            changed = self._into(one, "cancelled")
            if changed is None:
                raise ErasureBegun
            self.due.drop("erasure.due", id)
        return changed

    def begin(self, id: ErasureId) -> None:  # noqa: A002 - as above
        """At its moment: held while a hold holds, put off while something is open, else it begins."""
        with self.together():
            one = self.erasures.lock(id)
            if one is None or one.state not in {"waiting", "held"} or self.now() < one.due_at:
                return
            self.holds.guard(one.person)
            until = self.holds.latest(one.person, self.now())
            if until is not None:
                if one.state == "waiting":
                    self._into(one, "held")
                self.due.plan("erasure.due", id, until)
                return
            waiting = one if one.state == "waiting" else self._into(one, "waiting")
            assert waiting is not None, "its row is locked"
            if self.engagements.open_of(one.person):
                self.due.plan("erasure.due", id, self.now() + ASK_AGAIN)
                return
            self._into(waiting, "erasing")
            self.due.plan("erasure.late", id, self.now() + LATE_AFTER)
            for export in self.exports.kept(one.person):
                self.due.plan("export.forget", export, self.now())

    def answered(self, event: Event[PrivacyErased]) -> None:
        """Keep what a domain did. After all the others the account goes, after the account the key."""
        told = event.data
        with self.together():
            one = self.erasures.lock(ErasureId(told.erasure_id))
            if one is None or told.domain not in one.asked:
                return
            kept = tuple(Kept(each.what, each.why, each.until) for each in told.kept)
            answer = Answer(told.domain, told.removed, kept, told.erased_at)
            self.erasures.add_answer(one.id, answer)
            done = {each.domain for each in self.erasures.answers(one.id)}
            if not done.issuperset(one.asked):
                return
            if one.state == "erasing":
                self._into(one, "closing")
            else:
                self.due.plan("erasure.key", one.id, self.now())

    def destroy_key(self, id: ErasureId) -> bool:  # noqa: A002 - as above
        """Have the person's key destroyed; whether it is. Raises ``Retryable``."""
        one = self.erasures.find(id)
        if one is None or one.state != "closing":
            return True
        if not self.keys.destroy(one.person):
            self.due.plan("erasure.key", id, self.now() + LOOK_AGAIN)
            return False
        with self.together():
            self._into(one, "completed")
            self.due.drop("erasure.late", id)
        telemetry.count("ErasuresCompleted")
        return True

    def late(self, id: ErasureId) -> None:  # noqa: A002 - as above
        """Say who has not erased after an hour, each hour anew."""
        one = self.erasures.find(id)
        if one is None or one.state not in {"erasing", "closing"}:
            return
        done = {each.domain for each in self.erasures.answers(id)}
        waits = ",".join(sorted({*one.asked} - done)) or "key"
        telemetry.warning("an erasure waits for domains", erasure=id, missing=waits)
        telemetry.count("ErasuresLate")
        self.due.plan("erasure.late", id, self.now() + LATE_AFTER)

    def _into(self, one: Erasure, state: ErasureState) -> Erasure | None:
        now = self.now()
        changed = one.into(state, now)
        return (
            changed if self.erasures.save(changed, one.version, facts.erasure_changed(changed, now)) else None
        )
