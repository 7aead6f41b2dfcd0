"""What people change after a draft: cancel, recall, revise. Nothing is ever altered unseen."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from kit import clock
from kit.audit import Actor
from kit.errors import PreconditionFailed
from kit.money import on_tick
from signals.errors import (
    NotCancellable,
    NotLive,
    NotYourSignal,
    OwnSignal,
    RevisionNotFound,
    SignalNotFound,
)
from signals.model.market import Candle, seen_from
from signals.model.outcome import excursions, outcome
from signals.model.people import Person
from signals.model.signal import WAITING, Revision, Signal, SignalId
from signals.policies import Policies, compliance
from signals.ports import CandleStore, PublicationWorkflow, Reference, RevisionBook, SignalBook, Signers
from signals.service import facts
from signals.service.approval import After, at_once
from signals.service.deciding import deed, person_acting
from signals.service.revising import Change, refuse_wrong

TIGHTENING = "rule:tightening"


@dataclass(frozen=True, slots=True)
class Amending:
    """Changes by the signal's own analyst, or by compliance where the rule is to protect subscribers.

    Each takes the ``version`` the caller has read and raises ``PreconditionFailed`` for another one,
    :class:`SignalNotFound`, :class:`NotYourSignal`. ``after`` runs what wakes a workflow after the commit.
    """

    book: SignalBook
    revisions: RevisionBook
    candles: CandleStore
    reference: Reference
    signers: Signers
    workflow: PublicationWorkflow
    policies: Policies
    now: Callable[[], datetime] = clock.now
    after: After = at_once

    def cancel(
        self, signal_id: SignalId, version: int, reason: str, by: Person, acting: Actor | None = None
    ) -> Signal:
        """Withdraw what nobody saw yet, or close what is live at the market.

        Raises :class:`NotCancellable` when it ended, reached its end, or is being published.
        """
        signal = self._read(signal_id, version, by, also=("compliance",))
        now, who = self.now(), person_acting(by, acting)
        if signal.status == "draft" or signal.status in WAITING:
            out = replace(signal.to("withdrawn"), cancel_reason=reason)
            done = deed(who, "signal.withdraw", signal, out)
            self.book.save(out, facts.withdrawn(out, by.user, now), deed=done)
        elif signal.status == "live":
            out = replace(self._at_market(signal), cancel_reason=reason)
            done = deed(who, "signal.cancel", signal, out)
            self.book.save(out, facts.cancelled(out, by.user, now), deed=done)
        else:
            raise NotCancellable(f"It is {signal.status.replace('_', ' ')}")
        return out

    def recall(
        self, signal_id: SignalId, version: int, reason: str, by: Person, acting: Actor | None = None
    ) -> Signal:
        """Mark a live signal as published by mistake; its outcome will count all the same.

        Raises :class:`NotLive`.
        """
        signal = self._read(signal_id, version, by, also=("compliance",))
        if signal.status != "live" or signal.recalled_at is not None:
            raise NotLive
        recalled = signal.recalled(reason, self.now())
        done = deed(person_acting(by, acting), "signal.recall", signal, recalled)
        self.book.save(recalled, facts.recalled(recalled, by.user), deed=done)
        return recalled

    def revise(self, signal_id: SignalId, version: int, change: Change, by: Person) -> Revision:
        """Propose new terms for a live signal. A tighter stop alone needs nobody's approval.

        Raises :class:`NotLive`, ``RevisionPending``, ``ProposalRefused``.
        """
        signal = self._read(signal_id, version, by)
        if signal.status != "live":
            raise NotLive
        now = self.now()
        path = self._path(signal)
        revision = change.on(signal.current, by.user, now)
        policy = self.policies.compliance_on(now.date())
        refuse_wrong(
            signal,
            revision,
            path[-1],
            lambda terms: compliance.findings(terms, policy, self.reference.registered, now),
        )
        self._lapse_forgotten(signal_id, now)
        if change.only_stop(signal.current):
            revision = replace(revision, state="approved", decided_by=TIGHTENING)
        revision = self.revisions.propose(signal_id, revision)
        if revision.state == "approved":
            self.after(lambda: self._publish(signal_id, revision.number))
        return revision

    def decide(
        self, signal_id: SignalId, number: int, decision: Literal["approve", "decline"], by: Person
    ) -> Revision:
        """Approve or decline a proposed revision; four eyes as for the signal itself.

        Raises :class:`SignalNotFound`, :class:`RevisionNotFound` unless it waits, :class:`OwnSignal`.
        """
        signal = self._signal(signal_id)
        self._lapse_forgotten(signal_id, self.now())
        found = next((one for one in self.revisions.of(signal_id) if one.number == number), None)
        if found is None or found.state != "proposed":
            raise RevisionNotFound
        if by.user == found.made_by or self.signers.analyst_of(by.user) == signal.terms.analyst:
            raise OwnSignal
        state: Literal["approved", "declined"] = "approved" if decision == "approve" else "declined"
        if not self.revisions.settle(signal_id, number, state, by.user):
            raise RevisionNotFound
        if state == "approved":
            self.after(lambda: self._publish(signal_id, number))
        return replace(found, state=state, decided_by=by.user)

    def _publish(self, signal_id: SignalId, number: int) -> None:
        self.workflow.start(signal_id, f"revision-{number}")

    def _lapse_forgotten(self, signal_id: SignalId, now: datetime) -> None:
        """End a proposal that nobody decided about within the policy's time."""
        within = self.policies.screening_on(now.date()).approval_within
        for one in self.revisions.of(signal_id):
            if one.state == "proposed" and one.made_at + within <= now:
                self.revisions.settle(signal_id, one.number, "lapsed", "rule:approval_within")

    def _at_market(self, signal: Signal) -> Signal:
        """Return ``signal`` closed at the newest price, with its excursions until then.

        The newest price is that of the feed's own timeframe: the last daily close may be long past.
        """
        path = self._path(signal)
        path += self._finer(signal, path[-1].closed_at)
        lived = [one for one in path if signal.live_from is None or one.closed_at > signal.live_from]
        if outcome(signal.terms, lived, signal.revisions) is not None:
            raise NotCancellable("It has just reached its end")
        mfe, mae = excursions(signal.terms, lived)
        return replace(
            signal.to("cancelled"),
            closed_at=path[-1].closed_at,
            exit_price=on_tick(path[-1].close, signal.terms.tick),
            mfe=mfe,
            mae=mae,
        )

    def _path(self, signal: Signal) -> list[Candle]:
        """Return the candles from the deciding one to the newest, in the prices of the entry."""
        terms = signal.terms
        first = self.candles.last(terms.symbol, terms.timeframe, terms.candle_at, 1)
        later = self.candles.between(terms.symbol, terms.timeframe, terms.candle_at, self.now())
        if not first and not later:
            raise NotLive("There are no prices to close or revise it by yet")
        return seen_from([*first, *later], self.reference.splits(terms.symbol), terms.candle_at)

    def _finer(self, signal: Signal, after: datetime) -> list[Candle]:
        """Return the feed's own candles since ``after``, where it gives shorter ones than the signal's."""
        terms = signal.terms
        instrument = self.reference.instrument(terms.symbol)
        if instrument is None or instrument.base == terms.timeframe:
            return []
        found = self.candles.between(terms.symbol, instrument.base, after, self.now())
        return seen_from(found, self.reference.splits(terms.symbol), terms.candle_at)

    def _read(self, signal_id: SignalId, version: int, by: Person, also: tuple[str, ...] = ()) -> Signal:
        signal = self._signal(signal_id)
        if self.signers.analyst_of(by.user) != signal.terms.analyst and not (also and by.is_any(also)):
            raise NotYourSignal
        if signal.version != version:
            raise PreconditionFailed
        return signal

    def _signal(self, signal_id: SignalId) -> Signal:
        found = self.book.find(signal_id)
        if found is None:
            raise SignalNotFound
        return found
