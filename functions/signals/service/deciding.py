"""A decision that moves a signal: approved, or screened out, each with its fact."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from kit import audit
from kit.audit import Actor
from kit.events import Event
from kit.events.audit_events import ActionPerformed
from signals.model.people import Person
from signals.model.signal import Decision, Signal
from signals.ports import SignalBook
from signals.service import facts


def approve(
    book: SignalBook,
    signal: Signal,
    policy_version: str,
    *,
    by: str,
    now: datetime,
    note: str = "",
    acting: Actor | None = None,
) -> Signal:
    """Move ``signal`` to approved, with decision, fact and the deed of ``acting``; return it."""
    approved = replace(signal.to("approved"), policy_version=policy_version)
    decision = Decision(signal.id, "approval", policy_version, True, (), by, now, note)
    done = deed(acting, "signal.approve", signal, approved) if acting else None
    book.save(approved, facts.approved(approved, decision), decision, done)
    return approved


def screen_out(book: SignalBook, signal: Signal, decision: Decision, acting: Actor | None = None) -> Signal:
    """Move ``signal`` to screened out for the decision's reasons; return it."""
    out = replace(signal.to("screened_out"), policy_version=decision.policy_version)
    done = deed(acting, "signal.decline", signal, out) if acting else None
    book.save(out, facts.screened_out(out, decision), decision, done)
    return out


def deed(by: Actor, action: str, signal: Signal, changed: Signal) -> Event[ActionPerformed]:
    """Tell that ``by`` did ``action`` to ``signal``, which is ``changed`` after it."""
    states = (_state(signal), _state(changed))
    return audit.performed(by, action, kind="signal", id=signal.id, before=states[0], after=states[1])


def person_acting(by: Person, acting: Actor | None) -> Actor:
    """Return who acts, as the entry point knows it, or at least the person."""
    return acting or Actor(by.user, tuple(sorted(by.roles)))


def _state(signal: Signal) -> Mapping[str, Any]:
    return {"status": signal.status, "version": signal.version, "recalled": signal.recalled_at is not None}
