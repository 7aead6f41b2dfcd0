"""What staff does: take and propose (maker), check (somebody else), see people by video: all audited."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from kit import clock
from kit.audit import Actor
from kit.errors import Invalid, PreconditionFailed, Retryable
from kyc.errors import ApplicationNotFound
from kyc.model.application import ASKED_AGAIN, Application, ApplicationId, Outcome
from kyc.model.decision import Decision, Verdict
from kyc.model.states import State
from kyc.model.tier import Redo
from kyc.policies import Policies
from kyc.ports.applications import Applications, Filed, Together
from kyc.ports.evidence import Documents
from kyc.ports.outgoing import DueRows
from kyc.service import facts
from kyc.service.outcomes import Outcomes, Ruling

NOT_CONFIRMED: Final = "VIDEO_NOT_CONFIRMED"
_LATEST: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a maker would end it, and why; ``redo`` is what the applicant does again, where it is returned."""

    outcome: Outcome
    note: str
    redo: tuple[Redo, ...] = ()


@dataclass(frozen=True, slots=True)
class Reviewing:
    """``version`` is the one whoever acts has read: raises ``PreconditionFailed`` for another.

    All methods raise ``ApplicationNotFound`` and what the application's own method raises.
    """

    applications: Applications
    documents: Documents
    outcomes: Outcomes
    due: DueRows
    policies: Policies
    together: Together
    now: Callable[[], datetime] = clock.now

    def find(self, application_id: ApplicationId) -> Application:
        """Return any application."""
        found = self.applications.find(application_id)
        if found is None:
            raise ApplicationNotFound
        return found

    def history(self, application_id: ApplicationId) -> list[Decision]:
        """Return every decision about it, the oldest first."""
        return self.applications.decisions(application_id)

    def queue(
        self, state: State, after: tuple[datetime, ApplicationId] | None, limit: int
    ) -> list[Application]:
        """Return what waits, the longest waiting first."""
        return self.applications.queue(state, after, limit)

    def due_by(self, one: Application) -> datetime:
        """Return when it has to be reviewed at the latest."""
        return one.changed_at + self.policies.named(one.policy_version).review_within

    def take(self, application_id: ApplicationId, by: Actor, version: int) -> Application:
        """Take it into one's hands; what another does not finish in time may be taken from them."""
        one = self._read(application_id, version)
        patience = self.policies.named(one.policy_version).taken_for
        moved = one.taken(by.id, self.now(), patience)
        return self._put(moved, one, by, "kyc.take")

    def propose(
        self, application_id: ApplicationId, by: Actor, version: int, proposal: Proposal
    ) -> Application:
        """Say, as the maker, how it should end and why. Raises ``Invalid`` for a return that asks nothing."""
        if (proposal.outcome == "return") != bool(proposal.redo):
            raise Invalid("Say what is to be done again where it is returned, and nowhere else")
        one = self._read(application_id, version)
        moved = one.proposed(by.id, proposal.outcome, self.now(), proposal.redo)
        ruling = Ruling("maker", proposal.outcome, by.id, proposal.note)
        return self._ruled(moved, one, by, "kyc.propose", ruling)

    def check(
        self, application_id: ApplicationId, by: Actor, version: int, *, agree: bool, note: str
    ) -> Application:
        """End it as proposed, as somebody other than the maker, or send it back to review."""
        one = self._read(application_id, version)
        moved = one.checked(by.id, self.now(), agree=agree)
        verdict: Verdict = "agree" if agree else "disagree"
        with self.together():
            kept = self._ruled(moved, one, by, "kyc.check", Ruling("checker", verdict, by.id, note))
            if kept.state == "returned":
                self._ask_again(one)
        return kept

    def _ask_again(self, one: Application) -> None:
        """Let what is asked for again count no more; it stays evidence."""
        for document in self.documents.of(one.id):
            if document.state == "kept" and document.kind in one.redo:
                self.documents.put(replace(document, state="refused", reason=ASKED_AGAIN))

    def appoint(self, application_id: ApplicationId, by: Actor, version: int, when: datetime) -> Application:
        """Offer a video appointment with oneself, within two weeks; the person is told."""
        now = self.now()
        if not now < when <= now + _LATEST:
            raise Invalid("Choose a time within the next 14 days")
        one = self._read(application_id, version)
        moved = one.appointed(by.id, when)
        with self.together():
            kept = self._put(moved, one, by, "kyc.appoint")
            self.due.plan("kyc.tell", one.id, now)
            self.due.plan("kyc.expire", one.id, when + self.policies.named(one.policy_version).draft_for)
        return kept

    def see(
        self, application_id: ApplicationId, by: Actor, version: int, *, confirmed: bool, note: str
    ) -> Application:
        """Keep what the video showed, as the officer of the appointment; then it is reviewed."""
        one = self._read(application_id, version)
        moved = one.seen(by.id, self.now(), None if confirmed else NOT_CONFIRMED)
        verdict: Verdict = "confirmed" if confirmed else "not_confirmed"
        return self._ruled(moved, one, by, "kyc.video", Ruling("video", verdict, by.id, note))

    def _read(self, application_id: ApplicationId, version: int) -> Application:
        one = self.find(application_id)
        if one.version != version:
            raise PreconditionFailed
        return one

    def _ruled(
        self, moved: Application, one: Application, by: Actor, action: str, ruling: Ruling
    ) -> Application:
        try:
            return self.outcomes.keep(moved, one.version, ruling, (facts.deed(by, action, one, moved),))
        except Retryable as error:
            raise PreconditionFailed from error

    def _put(self, moved: Application, one: Application, by: Actor, action: str) -> Application:
        deed = facts.deed(by, action, one, moved)
        if not self.applications.put(moved, one.version, Filed(events=(deed,))):
            raise PreconditionFailed
        return moved
