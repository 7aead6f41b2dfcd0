"""The one place where a decision is kept: with application, tier, events and due rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from kit import clock
from kit.errors import Retryable
from kit.events import Event
from kyc.model.application import Application
from kyc.model.decision import BY_RULE, Decision, DecisionKind, Verdict
from kyc.model.tier import Standing
from kyc.policies import KycPolicy, Policies
from kyc.ports.applications import Applications, Filed, Together
from kyc.ports.outgoing import DueRows
from kyc.service import facts

PATIENCE: Final = timedelta(minutes=2)
"""How long the workflow has before the schedule does its work."""
_ENDING: Final = frozenset({"returned", "video_wanted"})


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided, by whom, in which words."""

    kind: DecisionKind
    verdict: Verdict
    by: str = BY_RULE
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Nobody else writes a decision or a standing."""

    applications: Applications
    due: DueRows
    policies: Policies
    together: Together
    now: Callable[[], datetime] = clock.now

    def keep(
        self, moved: Application, was: int, ruling: Ruling, deeds: Sequence[Event[Any]] = ()
    ) -> Application:
        """Keep ``moved`` in place of version ``was``; return it with what follows from it.

        Raises ``Retryable`` when somebody else changed it meanwhile.
        """
        policy, at = self.policies.named(moved.policy_version), self.now()
        one = _completed(moved, policy, at)
        before = self.applications.standing(one.person)
        after = _standing(one, before, at)
        told = [*facts.decided(one, by_rule=ruling.kind == "rule"), *deeds]
        if after is not None:
            told.append(facts.tier_changed(one, before, after))
        with self.together():
            if not self.applications.put(one, was, Filed(_decision(one, ruling, at), after, told)):
                raise Retryable("the application was changed meanwhile: look again")
            self._plan(one, policy, at, by_rule=ruling.kind == "rule")
        return one

    def _plan(self, one: Application, policy: KycPolicy, at: datetime, *, by_rule: bool) -> None:
        """Plan the letter, the end, and the day on which everything is forgotten."""
        self.due.drop("kyc.drive", one.id)
        if one.owes_letter:
            self.due.plan("kyc.tell", one.id, at + PATIENCE if by_rule else at)
        if one.state == "approved":
            assert one.valid_until is not None, "what is approved is granted"
            self.due.plan("kyc.expire", one.id, one.valid_until)
        elif one.state in _ENDING:
            self.due.plan("kyc.expire", one.id, at + policy.draft_for)
        else:
            self.due.drop("kyc.expire", one.id)
        if one.keep_until is not None:
            self.due.plan("kyc.forget", one.id, one.keep_until)


def _completed(moved: Application, policy: KycPolicy, at: datetime) -> Application:
    """Return ``moved`` with its grant and the end of its retention, where it has just ended."""
    if moved.state == "approved":
        granted = moved.granted(at + policy.valid_for)
        return granted.kept_until(at + policy.valid_for + policy.retention["kyc"])
    if moved.open or moved.keep_until is not None:
        return moved
    return moved.kept_until(at + policy.retention["kyc" if moved.round else "incomplete"])


def _standing(one: Application, before: Standing, at: datetime) -> Standing | None:
    """Return the person's standing after ``one``, None where it stays."""
    nothing = replace(before, tier="none", application=one.id, version=before.version + 1)
    if one.state == "approved":
        return Standing(one.person, one.tier, one.valid_until, one.id, before.version + 1)
    if one.state == "expired" and before.application == one.id and before.tier != "none":
        return nothing
    if one.state == "rejected" and "SANCTIONS_MATCH" in one.reasons and before.at(at) != "none":
        return replace(nothing, valid_until=None)
    return None


def _decision(one: Application, ruling: Ruling, at: datetime) -> Decision:
    return Decision(
        application=one.id,
        version=one.version,
        round=one.round,
        at=at,
        by=ruling.by,
        kind=ruling.kind,
        verdict=ruling.verdict,
        policy_version=one.policy_version,
        score=one.score,
        reasons=one.reasons,
        note=ruling.note,
    )
