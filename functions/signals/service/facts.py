"""The facts of a signal's life as events: made from the signal after the change, under its new version."""

from datetime import datetime
from typing import Any, TypeVar

from kit import events
from kit.events import Data, Event
from kit.events.trading_signals import Commitment as Promise
from kit.events.trading_signals import (
    SignalApprovalRequested,
    SignalApproved,
    SignalCancelled,
    SignalClosed,
    SignalDrafted,
    SignalEscalated,
    SignalPublished,
    SignalRecalled,
    SignalRevised,
    SignalScreenedOut,
    SignalWithdrawn,
)
from signals.model.commitment import Commitment
from signals.model.outcome import Outcome
from signals.model.signal import Decision, Signal

D = TypeVar("D", bound=Data)
Cause = Event[Any] | None


def drafted(signal: Signal, cause: Cause = None) -> Event[SignalDrafted]:
    """Tell that ``signal`` was drafted."""
    return _told(signal, SignalDrafted(**_terms(signal), drafted_at=signal.drafted_at), cause)


def approval_requested(signal: Signal, due_at: datetime, at: datetime) -> Event[SignalApprovalRequested]:
    """Tell that ``signal`` waits for a person until ``due_at``."""
    return _told(
        signal,
        SignalApprovalRequested(**_name(signal), deciders=signal.deciders, due_at=due_at, requested_at=at),
    )


def escalated(signal: Signal, due_at: datetime, at: datetime) -> Event[SignalEscalated]:
    """Tell that nobody decided in time and who may now."""
    fact = SignalEscalated(**_name(signal), deciders=signal.deciders, due_at=due_at, escalated_at=at)
    return _told(signal, fact)


def approved(signal: Signal, decision: Decision) -> Event[SignalApproved]:
    """Tell that ``signal`` may be published."""
    fact = SignalApproved(
        **_name(signal),
        approved_by=decision.decided_by,
        policy_version=decision.policy_version,
        approved_at=decision.decided_at,
    )
    return _told(signal, fact)


def screened_out(signal: Signal, decision: Decision) -> Event[SignalScreenedOut]:
    """Tell why ``signal`` will not be published."""
    fact = SignalScreenedOut(
        **_name(signal),
        policy_version=decision.policy_version,
        reasons=decision.reasons,
        screened_at=decision.decided_at,
    )
    return _told(signal, fact)


def withdrawn(signal: Signal, by: str, at: datetime) -> Event[SignalWithdrawn]:
    """Tell that ``by`` took ``signal`` back before anybody saw it."""
    fact = SignalWithdrawn(**_name(signal), reason=signal.cancel_reason, withdrawn_by=by, withdrawn_at=at)
    return _told(signal, fact)


def published(signal: Signal, commitment: Commitment) -> Event[SignalPublished]:
    """Tell subscribers all they need to act on ``signal`` and to check it later."""
    assert signal.published_at is not None, "a published signal says when"
    fact = SignalPublished(
        **_terms(signal),
        commitment=_promise(commitment),
        policy_version=signal.policy_version,
        published_at=signal.published_at,
    )
    return _told(signal, fact)


def revised(signal: Signal, commitment: Commitment) -> Event[SignalRevised]:
    """Tell the newest revision of ``signal``."""
    newest = signal.revisions[-1]
    assert newest.since is not None, "a published revision says from when on"
    assert newest.published_at is not None, "a published revision says when"
    fact = SignalRevised(
        **_name(signal),
        revision=newest.number,
        stop=newest.stop,
        targets=newest.targets,
        expires_at=newest.expires_at,
        reason=newest.reason,
        commitment=_promise(commitment),
        since=newest.since,
        revised_at=newest.published_at,
    )
    return _told(signal, fact)


def recalled(signal: Signal, by: str) -> Event[SignalRecalled]:
    """Tell that ``signal`` was published by mistake."""
    assert signal.recalled_at is not None, "a recalled signal says when"
    fact = SignalRecalled(
        **_name(signal), reason=signal.recall_reason, recalled_by=by, recalled_at=signal.recalled_at
    )
    return _told(signal, fact)


def cancelled(signal: Signal, by: str, at: datetime) -> Event[SignalCancelled]:
    """Tell that ``by`` closed ``signal`` at the market."""
    fact = SignalCancelled(
        **_name(signal),
        reason=signal.cancel_reason,
        cancelled_by=by,
        cancelled_at=at,
        exit_price=signal.exit_price,
        mfe=signal.mfe,
        mae=signal.mae,
        closed_at=signal.closed_at,
    )
    return _told(signal, fact)


def closed(signal: Signal, found: Outcome, cause: Cause = None) -> Event[SignalClosed]:
    """Tell how ``signal`` ended by itself."""
    fact = SignalClosed(
        **_name(signal),
        outcome=found.ending,
        exit_price=found.exit_price,
        mfe=found.mfe,
        mae=found.mae,
        closed_at=found.at,
    )
    return _told(signal, fact, cause)


def _told(signal: Signal, fact: D, cause: Cause = None) -> Event[D]:
    return events.new(fact, subject=signal.id, version=signal.version, cause=cause)


def _name(signal: Signal) -> dict[str, Any]:
    return {"signal_id": signal.id, "symbol": signal.terms.symbol}


def _terms(signal: Signal) -> dict[str, Any]:
    """Return the terms as the events of draft and publication share them."""
    terms = signal.terms
    return _name(signal) | {
        "timeframe": terms.timeframe,
        "side": terms.side,
        "entry": terms.entry,
        "stop": terms.stop,
        "targets": terms.targets,
        "currency": terms.currency,
        "tick": terms.tick,
        "confidence": terms.confidence,
        "horizon": terms.horizon,
        "expires_at": terms.expires_at,
        "rationale": terms.rationale,
        "analyst": terms.analyst,
        "strategy": terms.strategy,
        "ai_generated": bool(terms.ai_generated),
        "disclaimer": terms.disclaimer,
    }


def _promise(commitment: Commitment) -> Promise:
    return Promise(number=commitment.number, hash=commitment.sealed.hash)
