"""A person decides: the workflow waits a minute, the signal waits as long as the policy allows.

The state decides, not the token: whoever decides writes the state first and then wakes the workflow. A
workflow that stopped waiting is started again. What nobody decides about escalates to compliance, and is
declined by rule after a second period; what the market overtakes meanwhile is ended at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from kit import clock
from kit.audit import Actor
from kit.errors import PreconditionFailed
from signals.errors import (
    NotAwaitingApproval,
    NotYourDecision,
    OwnSignal,
    SignalChanged,
    SignalNotFound,
    SignalStale,
)
from signals.model.outcome import Stale
from signals.model.people import Person
from signals.model.signal import DECIDERS, WAITING, Decision, Signal, SignalId
from signals.policies import Policies
from signals.ports import PublicationWorkflow, SignalBook, Signers, Waiting
from signals.service import facts
from signals.service.deciding import approve, person_acting, screen_out
from signals.service.freshness import Freshness

DECLINED, NOBODY_DECIDED = "DECLINED", "APPROVAL_TIMEOUT"
OVERTAKEN = "rule:freshness"
_WHY: Final[dict[Stale, str]] = {
    "STALE_EXPIRED": "It expired, by the market's time, before anybody approved it",
    "STALE_STOP_PASSED": "The market has met its stop since the candle that decided it",
    "STALE_TARGET_PASSED": "The market has met its first target since the candle that decided it",
}
After = Callable[[Callable[[], None]], object]


def at_once(act: Callable[[], None]) -> None:
    """Run ``act`` now: what an :data:`After` does where no transaction is open."""
    act()


@dataclass(frozen=True, slots=True)
class Approval:
    """Ask for a decision, take one, and end what nobody decided about.

    ``after`` runs what wakes the workflow when the state is committed.
    """

    book: SignalBook
    workflow: PublicationWorkflow
    signers: Signers
    policies: Policies
    freshness: Freshness
    now: Callable[[], datetime] = clock.now
    after: After = at_once

    def ask(self, signal_id: SignalId, token: str) -> None:
        """Keep the workflow's ``token``, then look at the state: somebody may have decided meanwhile."""
        signal = self._signal(signal_id)
        if signal.status == "draft":
            now = self.now()
            moved, due_at = signal.to("awaiting_approval"), now + self._period(now)
            event = facts.approval_requested(moved, due_at, now)
            self.book.wait(Waiting(signal_id, token, due_at), moved, event)
        elif signal.status in WAITING and (known := self.book.waiting(signal_id)):
            self.book.wait(replace(known, token=token))
        if self._signal(signal_id).status not in WAITING:
            self.workflow.answer(token, {"signal_id": signal_id})

    def decide(
        self,
        signal_id: SignalId,
        decision: Literal["approve", "decline"],
        *,
        by: Person,
        note: str,
        version: int | None = None,
        acting: Actor | None = None,
    ) -> Signal:
        """Approve or decline for ``by``; return the signal as it is then.

        Raises :class:`SignalNotFound`, ``PreconditionFailed`` unless it has ``version`` (None: whatever it
        has), :class:`NotAwaitingApproval`, :class:`NotYourDecision`, :class:`OwnSignal`, and
        :class:`SignalStale` for the approval of what the market has overtaken.
        """
        signal = self._signal(signal_id)
        if version not in {None, signal.version}:
            raise PreconditionFailed
        if signal.status not in WAITING:
            raise NotAwaitingApproval(f"It is {signal.status.replace('_', ' ')}")
        if not by.is_any(DECIDERS[signal.status]):
            raise NotYourDecision(f"Now it is for {' or '.join(signal.deciders)}")
        if by.user == signal.drafted_by or self.signers.analyst_of(by.user) == signal.terms.analyst:
            raise OwnSignal
        now, who = self.now(), person_acting(by, acting)
        policy = self.policies.screening_on(now.date()).version
        if decision == "approve":
            if late := self.freshness.look(signal.terms).stale:
                raise SignalStale(_WHY[late])
            decided = approve(self.book, signal, policy, by=by.user, now=now, note=note, acting=who)
        else:
            decided = self._end(signal, policy, DECLINED, by=by.user, note=note, acting=who)
        self.after(lambda: self.wake(signal_id))
        return decided

    def wake(self, signal_id: SignalId) -> None:
        """Tell the waiting workflow to look at the state; start it again where none waits."""
        waiting = self.book.waiting(signal_id)
        if waiting is None or not self.workflow.answer(waiting.token, {"signal_id": signal_id}):
            self.workflow.start(signal_id, "decided")

    def end_overtaken(self, limit: int) -> int:
        """Screen out what waits for a person and the market has overtaken; return how many.

        Until it ends it is open, so it would keep every new idea on its instrument and side out as a
        duplicate. At most ``limit`` are looked at, those first that were looked at longest ago.
        """
        return sum(self._end_overtaken(one) for one in self.book.take_waiting(self.now(), limit))

    def end_overdue(self, limit: int) -> tuple[int, int]:
        """Escalate what nobody decided about in time, decline what escalated before; return both counts."""
        now, escalated = self.now(), 0
        overdue = self.book.overdue(now, limit)
        version = self.policies.screening_on(now.date()).version
        for signal in overdue:
            if signal.status == "awaiting_approval":
                self._escalate(signal, now)
                escalated += 1
            else:
                self._end(signal, version, NOBODY_DECIDED, by="rule:approval_within", note="")
        return escalated, len(overdue) - escalated

    def _end_overtaken(self, signal: Signal) -> bool:
        late = self.freshness.look(signal.terms).stale
        if late is None:
            return False
        version = self.policies.screening_on(self.now().date()).version
        try:
            self._end(signal, version, late, by=OVERTAKEN, note="")
        except SignalChanged:  # a person was faster: the decision stands
            return False
        return True

    def _escalate(self, signal: Signal, now: datetime) -> None:
        known = self.book.waiting(signal.id)
        assert known is not None, "what is overdue waits"
        moved, due_at = signal.to("escalated"), now + self._period(now)
        self.book.wait(replace(known, due_at=due_at), moved, facts.escalated(moved, due_at, now))

    def _period(self, now: datetime) -> timedelta:
        return self.policies.screening_on(now.date()).approval_within

    def _end(
        self,
        signal: Signal,
        version: str,
        reason: str,
        *,
        by: str,
        note: str,
        acting: Actor | None = None,
    ) -> Signal:
        decision = Decision(signal.id, "approval", version, False, (reason,), by, self.now(), note)
        return screen_out(self.book, signal, decision, acting)

    def _signal(self, signal_id: SignalId) -> Signal:
        found = self.book.find(signal_id)
        if found is None:
            raise SignalNotFound
        return found
