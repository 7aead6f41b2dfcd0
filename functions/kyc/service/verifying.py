"""The workflow's steps: each reads the state, does what is next there, and says what follows.

Failpoints: ``kyc.<step>.before`` and ``.after``, ``kyc.document.stored`` and
``.settled``, ``kyc.<kind>.answered`` and ``.noted``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from kit import clock, failpoint, telemetry
from kit.errors import Retryable
from kyc.errors import ApplicationNotFound
from kyc.model.application import Application, ApplicationId, Step
from kyc.model.decision import Verdict as Ruled
from kyc.model.details import Details
from kyc.model.risk import Gathered, Way, findings, way_of
from kyc.model.states import State
from kyc.policies import KycPolicy, Policies
from kyc.ports.applications import Applications
from kyc.ports.sealing import DetailsSeal
from kyc.service.asking import Asking
from kyc.service.checking_documents import DocumentCheck
from kyc.service.outcomes import Outcomes, Ruling
from kyc.service.telling import Telling

Verdict = Step | Literal["ended", "waiting"]
"""The step that is next, or: a person has to act, or nobody."""
_TO: Final[dict[Way, State]] = {
    "approve": "approved",
    "video": "video_wanted",
    "review": "in_review",
    "reject": "rejected",
}
_RULED: Final[dict[Way, Ruled]] = {
    "approve": "approve",
    "video": "video",
    "review": "review",
    "reject": "reject",
}


@dataclass(frozen=True, slots=True)
class Verifying:
    """The state in the book decides; whoever calls only sequences."""

    applications: Applications
    check: DocumentCheck
    asking: Asking
    seal: DetailsSeal
    outcomes: Outcomes
    telling: Telling
    policies: Policies
    now: Callable[[], datetime] = clock.now
    hit: Callable[[str], None] = failpoint.hit

    def run(self, application_id: ApplicationId, step: Step) -> Verdict:
        """Do ``step`` if it is next. Raises ``ApplicationNotFound``, ``Retryable``."""
        one = self._find(application_id)
        if one.next_step != step:
            return verdict_of(one)
        self.hit(f"kyc.{step}.before")
        self._act(step, one)
        self.hit(f"kyc.{step}.after")
        return verdict_of(self._find(application_id))

    def drive(self, application_id: ApplicationId) -> Verdict:
        """Do step after step until it is over or waits."""
        while (step := self._find(application_id).next_step) is not None:
            self.run(application_id, step)
        return verdict_of(self._find(application_id))

    def _find(self, application_id: ApplicationId) -> Application:
        found = self.applications.find(application_id)
        if found is None:
            raise ApplicationNotFound
        return found

    def _act(self, step: Step, one: Application) -> None:
        if step == "tell":
            self.telling.tell(one.id)
            return
        policy = self.policies.named(one.policy_version)
        acts: dict[Step, Callable[[Application, KycPolicy], None]] = {
            "documents": self._documents,
            "pan": self._pan,
            "aadhaar": self._aadhaar,
            "screening": self._screen,
            "score": self._score,
            "decide": self._decide,
        }
        acts[step](one, policy)

    def _documents(self, one: Application, policy: KycPolicy) -> None:
        flaws = self.check.run(one, policy.rule(one.wanted))
        if flaws:
            self.outcomes.keep(one.refused(self.now(), flaws), one.version, Ruling("rule", "return"))
        else:
            self._put(one.done("documents", self.now()), one)

    def _pan(self, one: Application, policy: KycPolicy) -> None:
        self.asking.verify(one, "pan", self._details(one), policy.attempts)
        self._put(one.done("pan", self.now()), one)

    def _aadhaar(self, one: Application, policy: KycPolicy) -> None:
        self.asking.verify(one, "aadhaar", self._details(one), policy.attempts)
        self._put(one.done("aadhaar", self.now()), one)

    def _screen(self, one: Application, policy: KycPolicy) -> None:
        self.asking.screen(one, self._details(one), policy.attempts)
        self._put(one.done("screening", self.now()), one)

    def _score(self, one: Application, policy: KycPolicy) -> None:
        assert one.pan_index is not None, "details come with their index"
        gathered = Gathered(
            self.asking.answers(one),
            self.asking.screened(one),
            self.applications.others_with(one.pan_index, one.person),
        )
        reasons = findings(self._details(one), gathered, self.now().date(), policy.least_age)
        risk = policy.risk(reasons)
        self._put(one.scored(risk.score, risk.reasons, self.now()), one)

    def _decide(self, one: Application, policy: KycPolicy) -> None:
        assert one.score is not None, "scored before"
        video = policy.rule(one.wanted).video
        way = way_of(one.score, policy.review_above, policy.reject_above, video=video)
        self.outcomes.keep(one.decided(_TO[way], self.now()), one.version, Ruling("rule", _RULED[way]))
        telemetry.count("KycDecided", way=way)

    def _details(self, one: Application) -> Details:
        assert one.details is not None, "nothing is submitted without details"
        return self.seal.open(one.person, one.details)

    def _put(self, moved: Application, was: Application) -> None:
        if not self.applications.put(moved, was.version):
            raise Retryable("the application is being driven by others: look again")


def verdict_of(one: Application) -> Verdict:
    """Return what is next, or who is asked."""
    return one.next_step or ("waiting" if one.open else "ended")
