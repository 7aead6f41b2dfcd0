"""The tasks of the publication workflow. Each reads the state first, so running it again is harmless."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from os import urandom
from typing import Literal
from zoneinfo import ZoneInfo

from kit import clock, events
from kit.events.trading_signals import Commitment as Promise
from kit.events.trading_signals import SignalApproved, SignalPublished, SignalScreenedOut
from signals.errors import NotYetApproved, SignalNotFound
from signals.model.commitment import NONCE_BYTES, Sealed, canonical, payload_of
from signals.model.signal import Decision, Signal, SignalId, Step
from signals.policies import Policies, compliance, screening
from signals.ports import Announcer, CandleStore, CommitmentLog, Reference, SignalBook, Vault

INDIA = ZoneInfo("Asia/Kolkata")
RELATED = 50
Verdict = Literal["passed", "screened_out", "approved", "waiting", "committed", "published"]
_LIVED = frozenset({"live", "target_hit", "stopped", "expired", "cancelled"})


@dataclass(frozen=True, slots=True)
class Publication:
    """Screen, comply, approve, commit, publish: in this order, each once in effect."""

    book: SignalBook
    commitments: CommitmentLog
    vault: Vault
    candles: CandleStore
    reference: Reference
    policies: Policies
    announcer: Announcer
    retention: timedelta
    now: Callable[[], datetime] = clock.now
    random: Callable[[int], bytes] = urandom

    def screen(self, signal_id: SignalId) -> Verdict:
        """Let confident news pass."""
        signal = self.signal(signal_id)
        if done := self._decided(signal, "screen"):
            return done
        policy = self.policies.screening_on(self.now().date())
        others = self.book.related(signal.terms.symbol, signal.terms.timeframe, RELATED)
        return self._decide(signal, "screen", policy.version, screening.findings(signal, policy, others))

    def comply(self, signal_id: SignalId) -> Verdict:
        """Let pass what breaks no rule of the compliance policy in force."""
        signal = self.signal(signal_id)
        if done := self._decided(signal, "compliance"):
            return done
        now = self.now()
        policy = self.policies.compliance_on(now.date())
        found = compliance.findings(signal.terms, policy, self.reference.registered, now)
        return self._decide(signal, "compliance", policy.version, found)

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
        """Number the promise and write it where nobody can change it. Raises :class:`NotYetApproved`."""
        signal = self.signal(signal_id)
        if signal.status != "approved" and signal.status not in _LIVED:
            raise NotYetApproved(f"signal {signal_id} is {signal.status}")
        commitment = self.commitments.find(signal_id) or self.commitments.append(self._seal(signal))
        if commitment.kept_at is None:
            now = self.now()
            self.vault.keep(commitment.key, commitment.document(), now + self.retention)
            self.commitments.kept(commitment, now)
        return "committed"

    def publish(self, signal_id: SignalId) -> Verdict:
        """Make it live and tell everybody. Raises :class:`NotYetApproved` without a kept commitment."""
        signal = self.signal(signal_id)
        if signal.status not in _LIVED:
            self._go_live(signal)
        self.announcer.announce(signal_id)
        return "published"

    def signal(self, signal_id: SignalId) -> Signal:
        """Return the signal. Raises :class:`SignalNotFound`."""
        found = self.book.find(signal_id)
        if found is None:
            raise SignalNotFound
        return found

    def _go_live(self, signal: Signal) -> None:
        commitment = self.commitments.find(signal.id)
        if signal.status != "approved" or commitment is None or commitment.kept_at is None:
            raise NotYetApproved(f"signal {signal.id} is {signal.status} and has no kept commitment")
        now, terms = self.now(), signal.terms
        newest = self.candles.last(terms.symbol, terms.timeframe, now, 1)
        live = replace(
            signal.to("live"),
            published_at=now,
            live_from=max([terms.candle_at, *(one.closed_at for one in newest)]),
        )
        fact = _published(live, Promise(number=commitment.number, hash=commitment.sealed.hash), now)
        event = events.new(fact, subject=live.id, version=live.version)
        self.book.publish(live, now.astimezone(INDIA).date(), event)

    def _seal(self, signal: Signal) -> Sealed:
        text = canonical(payload_of(signal))
        return Sealed(signal.id, signal.terms.analyst, text, self.random(NONCE_BYTES), self.now())

    def _decided(self, signal: Signal, step: Step) -> Verdict | None:
        if signal.status != "draft":
            return _verdict(signal)
        passed = any(one.step == step and one.passed for one in self.book.decisions(signal.id))
        return "passed" if passed else None

    def _decide(self, signal: Signal, step: Step, version: str, reasons: tuple[str, ...]) -> Verdict:
        decision = Decision(
            signal.id, step, version, not reasons, reasons, decided_by=f"rule:{step}", decided_at=self.now()
        )
        if not reasons:
            self.book.record(decision)
            return "passed"
        screen_out(self.book, signal, decision)
        return "screened_out"


def approve(
    book: SignalBook, signal: Signal, policy_version: str, *, by: str, now: datetime, note: str = ""
) -> Signal:
    """Move ``signal`` to approved, with the decision and its fact; return it."""
    approved = replace(signal.to("approved"), policy_version=policy_version)
    decision = Decision(signal.id, "approval", policy_version, True, (), by, now, note)
    fact = SignalApproved(
        signal_id=signal.id,
        symbol=signal.terms.symbol,
        approved_by=by,
        policy_version=policy_version,
        approved_at=now,
    )
    book.save(approved, events.new(fact, subject=signal.id, version=approved.version), decision)
    return approved


def screen_out(book: SignalBook, signal: Signal, decision: Decision) -> Signal:
    """Move ``signal`` to screened out for the decision's reasons; return it."""
    out = replace(signal.to("screened_out"), policy_version=decision.policy_version)
    fact = SignalScreenedOut(
        signal_id=signal.id,
        symbol=signal.terms.symbol,
        policy_version=decision.policy_version,
        reasons=decision.reasons,
        screened_at=decision.decided_at,
    )
    book.save(out, events.new(fact, subject=signal.id, version=out.version), decision)
    return out


def _verdict(signal: Signal) -> Verdict:
    """Return what a task answers about a signal that is past being a draft."""
    if signal.status == "screened_out":
        return "screened_out"
    return "waiting" if signal.status == "awaiting_approval" else "approved"


def _published(signal: Signal, promise: Promise, now: datetime) -> SignalPublished:
    terms = signal.terms
    return SignalPublished(
        signal_id=signal.id,
        symbol=terms.symbol,
        timeframe=terms.timeframe,
        side=terms.side,
        entry=terms.entry,
        stop=terms.stop,
        targets=terms.targets,
        currency=terms.currency,
        tick=terms.tick,
        confidence=terms.confidence,
        horizon=terms.horizon,
        expires_at=terms.expires_at,
        rationale=terms.rationale,
        analyst=terms.analyst,
        strategy=terms.strategy,
        ai_generated=bool(terms.ai_generated),
        disclaimer=terms.disclaimer,
        commitment=promise,
        policy_version=signal.policy_version,
        published_at=now,
    )
