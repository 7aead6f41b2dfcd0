"""A person decides: the workflow waits a minute, the signal waits as long as the policy allows.

The state decides, not the token: whoever decides writes the state first and then wakes the workflow. A
workflow that stopped waiting is started again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kit import clock
from signals.errors import NotAwaitingApproval, OwnSignal, SignalNotFound
from signals.model.signal import Decision, Signal, SignalId
from signals.policies import Policies
from signals.ports import PublicationWorkflow, SignalBook, Waiting
from signals.service.publication import approve, screen_out

DECLINED, NOBODY_DECIDED = "DECLINED", "APPROVAL_TIMEOUT"


@dataclass(frozen=True, slots=True)
class Approval:
    """Ask for a decision, take one, and end what nobody decided about."""

    book: SignalBook
    workflow: PublicationWorkflow
    policies: Policies
    now: Callable[[], datetime] = clock.now

    def ask(self, signal_id: SignalId, token: str) -> None:
        """Keep the workflow's ``token``, then look at the state: somebody may have decided meanwhile."""
        signal = self._signal(signal_id)
        if signal.status in {"draft", "awaiting_approval"}:
            now = self.now()
            within = self.policies.screening_on(now.date()).approval_within
            known = self.book.waiting(signal_id)
            self.book.wait(signal, Waiting(signal_id, token, known.due_at if known else now + within))
        if self._signal(signal_id).status not in {"draft", "awaiting_approval"}:
            self.workflow.answer(token, {"signal_id": signal_id})

    def decide(
        self, signal_id: SignalId, decision: Literal["approve", "decline"], *, by: str, note: str
    ) -> Signal:
        """Approve or decline for the person ``by``; return the signal as it is then.

        Raises :class:`SignalNotFound`, :class:`NotAwaitingApproval`, :class:`OwnSignal`.
        """
        signal = self._signal(signal_id)
        if signal.status != "awaiting_approval":
            raise NotAwaitingApproval(f"It is {signal.status.replace('_', ' ')}")
        if by == signal.terms.analyst:
            raise OwnSignal
        version = self.policies.screening_on(self.now().date()).version
        if decision == "approve":
            decided = approve(self.book, signal, version, by=by, now=self.now(), note=note)
        else:
            decided = self._end(signal, version, DECLINED, by=by, note=note)
        waiting = self.book.waiting(signal_id)
        if waiting is None or not self.workflow.answer(waiting.token, {"signal_id": signal_id}):
            self.workflow.start(signal_id, "decided")
        return decided

    def end_overdue(self, limit: int) -> int:
        """Screen out signals that nobody decided about in time; return how many."""
        now = self.now()
        version = self.policies.screening_on(now.date()).version
        overdue = self.book.overdue(now, limit)
        for signal in overdue:
            self._end(signal, version, NOBODY_DECIDED, by="rule:approval_within", note="")
        return len(overdue)

    def _end(self, signal: Signal, version: str, reason: str, *, by: str, note: str) -> Signal:
        decision = Decision(signal.id, "approval", version, False, (reason,), by, self.now(), note)
        return screen_out(self.book, signal, decision)

    def _signal(self, signal_id: SignalId) -> Signal:
        found = self.book.find(signal_id)
        if found is None:
            raise SignalNotFound
        return found
