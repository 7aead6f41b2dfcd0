"""A decision that moves a signal: approved, or screened out, each with its fact."""

from dataclasses import replace
from datetime import datetime

from signals.model.signal import Decision, Signal
from signals.ports import SignalBook
from signals.service import facts


def approve(
    book: SignalBook, signal: Signal, policy_version: str, *, by: str, now: datetime, note: str = ""
) -> Signal:
    """Move ``signal`` to approved, with the decision and its fact; return it."""
    approved = replace(signal.to("approved"), policy_version=policy_version)
    decision = Decision(signal.id, "approval", policy_version, True, (), by, now, note)
    book.save(approved, facts.approved(approved, decision), decision)
    return approved


def screen_out(book: SignalBook, signal: Signal, decision: Decision) -> Signal:
    """Move ``signal`` to screened out for the decision's reasons; return it."""
    out = replace(signal.to("screened_out"), policy_version=decision.policy_version)
    book.save(out, facts.screened_out(out, decision), decision)
    return out
