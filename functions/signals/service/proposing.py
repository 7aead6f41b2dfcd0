"""Signals that analysts write by hand: the same gate, never approved by rule or by themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kit import clock, ids
from signals.errors import AnalystNotFound, InstrumentNotFound, NoRegistration, TimeframeNotOffered
from signals.model.market import Candle
from signals.model.signal import AnalystId, Signal, SignalId
from signals.policies import Policies
from signals.ports import CandleStore, Reference, SignalBook, Signers
from signals.service import facts
from signals.service.drafting import Proposal, terms_of


@dataclass(frozen=True, slots=True)
class Proposing:
    """Draft in the name of the caller's own registration, and say whose registration that is."""

    book: SignalBook
    candles: CandleStore
    reference: Reference
    signers: Signers
    policies: Policies
    now: Callable[[], datetime] = clock.now

    def propose(self, user: str, proposal: Proposal) -> Signal:
        """Draft on the newest closed candle; the publication starts by itself.

        Raises :class:`NoRegistration`, :class:`InstrumentNotFound`, :class:`TimeframeNotOffered`,
        ``ProposalRefused``.
        """
        newest = self.candles.last(proposal.symbol, proposal.timeframe, self.now(), 1)
        return self.draft(user, proposal, newest[0] if newest else None)

    def draft(self, user: str, proposal: Proposal, candle: Candle | None) -> Signal:
        """Draft on ``candle`` as :meth:`propose` does."""
        now, analyst = self.now(), self.registration(user)
        instrument = self.reference.instrument(proposal.symbol)
        if instrument is None:
            raise InstrumentNotFound
        if candle is None:
            raise TimeframeNotOffered
        terms = terms_of(proposal, candle, instrument, analyst, self.policies.compliance_on(now.date()))
        signal = Signal(SignalId(ids.uuid7()), terms, drafted_at=now, drafted_by=user)
        self.book.draft(signal, facts.drafted(signal))
        return signal

    def registration(self, user: str) -> AnalystId:
        """Return the analyst ``user`` signs as. Raises :class:`NoRegistration` unless it is in force."""
        analyst = self.signers.analyst_of(user)
        if analyst is None or not self.reference.registered(analyst, self.now().date()):
            raise NoRegistration
        return analyst

    def assign(self, analyst: AnalystId, user: str, *, by: str) -> datetime:
        """Let ``user`` sign as ``analyst``, and nobody else; return since when.

        Raises :class:`AnalystNotFound` unless the registration is in force.
        """
        now = self.now()
        if not self.reference.registered(analyst, now.date()):
            raise AnalystNotFound
        self.signers.assign(analyst, user, by=by, at=now)
        return now
