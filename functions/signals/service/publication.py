"""The tasks of the publication workflow. Each reads the state first, so running it again is harmless."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from os import urandom
from typing import Literal
from zoneinfo import ZoneInfo

from kit import clock
from signals.errors import NotYetApproved, SignalNotFound
from signals.model.commitment import (
    NONCE_BYTES,
    Commitment,
    Sealed,
    canonical,
    payload_of,
    payload_of_revision,
)
from signals.model.market import LENGTH
from signals.model.signal import WAITING, Decision, Revision, Signal, SignalId, Step
from signals.policies import Policies, ScreeningPolicy, compliance, protection, screening
from signals.ports import (
    Announcer,
    CandleStore,
    CommitmentLog,
    Reference,
    RevisionBook,
    SignalBook,
    TrackRecord,
    Vault,
)
from signals.service import facts
from signals.service.deciding import approve, screen_out
from signals.service.freshness import Freshness, Seen
from signals.service.voiding import Voiding

INDIA = ZoneInfo("Asia/Kolkata")
RELATED = 50
LONGEST_LIFE = timedelta(days=60)
"""A signal that ended lately was drafted at most this long before: no strategy's horizon is longer."""
Verdict = Literal[
    "passed", "screened_out", "withdrawn", "approved", "waiting", "committed", "published", "voided"
]
TOO_LATE = "rule:publication"
_LIVED = frozenset({"live", "target_hit", "stopped", "expired", "cancelled"})
_NEVER = frozenset({"screened_out", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Publication:
    """Screen, comply, approve, commit, publish: in this order, each once in effect.

    What the market has overtaken is no promise: before its number it is screened out, after it voided.
    """

    book: SignalBook
    revisions: RevisionBook
    commitments: CommitmentLog
    record: TrackRecord
    vault: Vault
    candles: CandleStore
    reference: Reference
    policies: Policies
    announcer: Announcer
    retention: timedelta
    now: Callable[[], datetime] = clock.now
    random: Callable[[int], bytes] = urandom

    def screen(self, signal_id: SignalId) -> Verdict:
        """Let confident news pass, one signal at a time: each is held against all that passed before it."""
        signal = self.signal(signal_id)
        if done := self._decided(signal, "screen"):
            return done
        policy = self.policies.screening_on(self.now().date())
        late = self._late(signal)  # the only finding that looks outside the database: before the others wait

        def judge() -> Decision:
            terms = signal.terms
            others = self.book.related(terms.symbol, terms.timeframe, RELATED)
            found = (*screening.findings(signal, policy, others), *self._protected(signal, policy), *late)
            return self._decision(signal, "screen", policy.version, found)

        decision = self.book.pass_screening(judge)
        if decision.passed:
            return "passed"
        screen_out(self.book, signal, decision)
        return "screened_out"

    def comply(self, signal_id: SignalId) -> Verdict:
        """Let pass what breaks no rule of the compliance policy in force."""
        signal = self.signal(signal_id)
        if done := self._decided(signal, "compliance"):
            return done
        now = self.now()
        policy = self.policies.compliance_on(now.date())
        found = compliance.findings(signal.terms, policy, self.reference.registered, now)
        decision = self._decision(signal, "compliance", policy.version, found)
        if not found:
            self.book.record(decision)
            return "passed"
        screen_out(self.book, signal, decision)
        return "screened_out"

    def approve(self, signal_id: SignalId) -> Verdict:
        """Approve by rule, or say that a person has to."""
        signal = self.signal(signal_id)
        if signal.status != "draft":
            return _verdict(signal)
        policy = self.policies.screening_on(self.now().date())
        if not screening.approved_by_rule(signal, policy):
            return "waiting"
        approve(self.book, signal, policy.version, by=screening.RULE, now=self.now())
        return "approved"

    def commit(self, signal_id: SignalId) -> Verdict:
        """Number the promises and write them where nobody can change them. Raises :class:`NotYetApproved`.

        The signal's own promise, and that of a revision that waits to be published. What the market has
        overtaken gets no number.
        """
        signal = self.signal(signal_id)
        if signal.status in _NEVER:
            return _verdict(signal)
        if signal.status != "approved" and signal.status not in _LIVED:
            raise NotYetApproved(f"signal {signal_id} is {signal.status}")
        known = self.commitments.find(signal_id)
        if known is None and (late := self._late(signal)):
            return self._give_up(signal, late)
        self._keep(known or self.commitments.append(self._seal(signal)))
        for revision in self._approved(signal_id):
            known = self.commitments.find(signal_id, revision.number)
            self._keep(known or self.commitments.append(self._seal_revision(signal, revision)))
        return "committed"

    def publish(self, signal_id: SignalId) -> Verdict:
        """Make it live, or its revision binding, and tell everybody; void what the market has overtaken.

        Raises :class:`NotYetApproved` without a kept commitment.
        """
        signal = self.signal(signal_id)
        if signal.status in _NEVER or (signal.status not in _LIVED and not self._go_live(signal)):
            return "screened_out" if signal.status == "screened_out" else "voided"
        for revision in self._approved(signal_id):
            self._revise(self.signal(signal_id), revision)
        self.announcer.announce(signal_id)
        return "published"

    def signal(self, signal_id: SignalId) -> Signal:
        """Return the signal. Raises :class:`SignalNotFound`."""
        found = self.book.find(signal_id)
        if found is None:
            raise SignalNotFound
        return found

    def _protected(self, signal: Signal, policy: ScreeningPolicy) -> tuple[str, ...]:
        terms = signal.terms
        back = policy.protection.looks_back(LENGTH[terms.timeframe]) + LONGEST_LIFE
        past = self.book.recent(terms.candle_at - back, terms.candle_at)
        return protection.findings(signal, policy.protection, past)

    def _late(self, signal: Signal) -> tuple[str, ...]:
        stale = self._seen(signal).stale
        return () if stale is None else (stale,)

    def _seen(self, signal: Signal) -> Seen:
        return Freshness(self.candles, self.reference, self.now).look(signal.terms)

    def _give_up(self, signal: Signal, reasons: tuple[str, ...]) -> Verdict:
        """Screen out what was approved and has no number yet."""
        version = self.policies.screening_on(self.now().date()).version
        decision = self._decision(signal, "publication", version, reasons)
        out = replace(signal.to("screened_out"), policy_version=version)
        self.record.screen_out(out, facts.screened_out(out, decision), decision)
        return "screened_out"

    def _go_live(self, signal: Signal) -> bool:
        """Publish it, or void its number when the market has overtaken it; return whether it is live."""
        commitment, seen = self._kept(signal, 0), self._seen(signal)
        if seen.stale is not None:
            voiding = Voiding(self.book, self.record, self.candles, self.now)
            voiding.void(signal.id, seen.stale, by=TOO_LATE, seen=seen.market_at)
            self.announcer.announce(signal.id)
            return False
        now = self.now()
        live = replace(signal.to("live"), published_at=now, live_from=seen.closed_at)
        self.book.publish(live, now.astimezone(INDIA).date(), facts.published(live, commitment))
        return True

    def _revise(self, signal: Signal, revision: Revision) -> None:
        """Publish ``revision``; it lapses where the signal ended first."""
        if signal.status != "live":
            self.revisions.settle(signal.id, revision.number, "lapsed", f"rule:{signal.status}")
            return
        commitment = self._kept(signal, revision.number)
        since = self._market_time(signal)
        revised = signal.revised(replace(revision, state="published", since=since, published_at=self.now()))
        self.revisions.publish(revised, facts.revised(revised, commitment))

    def _approved(self, signal_id: SignalId) -> list[Revision]:
        return [one for one in self.revisions.of(signal_id) if one.state == "approved"]

    def _kept(self, signal: Signal, revision: int) -> Commitment:
        commitment = self.commitments.find(signal.id, revision)
        if signal.status not in {"approved", "live"} or commitment is None or commitment.kept_at is None:
            raise NotYetApproved(f"signal {signal.id} is {signal.status} and has no kept commitment")
        return commitment

    def _market_time(self, signal: Signal) -> datetime:
        """Return the market time from which a promise made now counts: that of the newest candle known."""
        terms = signal.terms
        newest = self.candles.last(terms.symbol, terms.timeframe, self.now(), 1)
        return max([signal.live_from or terms.candle_at, *(one.closed_at for one in newest)])

    def _keep(self, commitment: Commitment) -> None:
        if commitment.kept_at is None:
            now = self.now()
            self.vault.keep(commitment.key, commitment.document(), now + self.retention)
            self.commitments.kept(commitment, now)

    def _seal_revision(self, signal: Signal, revision: Revision) -> Sealed:
        last = signal.revisions[-1].number if signal.revisions else 0
        before = self.commitments.find(signal.id, last)
        assert before is not None, "what is live was promised"
        text = canonical(payload_of_revision(signal, revision, before.sealed.hash))
        nonce = self.random(NONCE_BYTES)
        return Sealed(signal.id, signal.terms.analyst, text, nonce, self.now(), revision.number)

    def _seal(self, signal: Signal) -> Sealed:
        text = canonical(payload_of(signal))
        return Sealed(signal.id, signal.terms.analyst, text, self.random(NONCE_BYTES), self.now())

    def _decided(self, signal: Signal, step: Step) -> Verdict | None:
        if signal.status != "draft":
            return _verdict(signal)
        passed = any(one.step == step and one.passed for one in self.book.decisions(signal.id))
        return "passed" if passed else None

    def _decision(self, signal: Signal, step: Step, version: str, reasons: tuple[str, ...]) -> Decision:
        return Decision(signal.id, step, version, not reasons, reasons, f"rule:{step}", self.now())


def _verdict(signal: Signal) -> Verdict:
    """Return what a task answers about a signal that is past being a draft."""
    if signal.status == "screened_out":
        return "screened_out"
    if signal.status == "withdrawn":
        return "withdrawn"
    return "waiting" if signal.status in WAITING else "approved"
