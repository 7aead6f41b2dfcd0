"""Webhooks from TradingView: a person's hooks, the door, and what becomes of the alerts.

The door stores and answers at once, because TradingView gives up after three seconds; a consumer reads the
alert, drops repetitions and screens it. A subscriber's alerts stay the subscriber's; an analyst's hook
drafts signals that go through the gate to publication.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from os import urandom
from typing import Any, Final

from kit import clock, events, ids
from kit.errors import LimitExceeded, Rejected
from kit.events.alert_events import AlertReceived
from signals.errors import (
    HookNotFound,
    InstrumentNotFound,
    NoRegistration,
    ProposalRefused,
    SenderNotAllowed,
    TooManyHooks,
)
from signals.model.alert import Alert, AlertId, Hook, HookId, Template
from signals.model.market import LENGTH, Candle
from signals.model.signal import AnalystId, Signal, SignalId, Terms
from signals.policies import Policies, compliance, screening
from signals.ports import CandleStore, Reference
from signals.ports.alerts import Alerts, Hooks
from signals.service.drafting import terms_of
from signals.service.mapping import Mapped, UnreadableError, mapped
from signals.service.proposing import Proposing

MOST_HOOKS: Final = 5
MOST_A_MINUTE: Final = 60
"""Alerts of one hook; TradingView itself stops an alert that fires more than 15 times in 3 minutes."""
RELATED: Final = 50
KEPT_FOR: Final = timedelta(days=90)
_FORGOTTEN_AT_ONCE = 100
PRIVATE: Final = AnalystId("private")
_SECRET_BYTES = 32
_NOBODY = bytes(32)


@dataclass(frozen=True, slots=True)
class Hooking:
    """A person's hooks. A secret is shown once and kept as its hash."""

    hooks: Hooks
    proposing: Proposing
    now: Callable[[], datetime] = clock.now
    random: Callable[[int], bytes] = urandom

    def create(self, owner: str, name: str, template: Template, *, as_analyst: bool) -> tuple[Hook, str]:
        """Return a new hook and its secret.

        Raises :class:`TooManyHooks`, :class:`NoRegistration` for an analyst's hook of somebody who is none.
        """
        analyst = self.proposing.registration(owner) if as_analyst else None
        secret = self._secret()
        made = Hook(HookId(ids.uuid7()), owner, name, _hash(secret), template, self.now(), analyst)
        if not self.hooks.create(made, MOST_HOOKS):
            raise TooManyHooks(f"You have {MOST_HOOKS} webhooks: revoke one first")
        return made, secret

    def rotate(self, owner: str, hook_id: HookId) -> tuple[Hook, str]:
        """Return the hook with a new secret; the old one is worth nothing from now on."""
        secret = self._secret()
        return self._save(owner, hook_id, secret_hash=_hash(secret), rotated_at=self.now()), secret

    def change(self, owner: str, hook_id: HookId, template: Template) -> Hook:
        """Read later alerts through ``template``. Raises :class:`HookNotFound`."""
        return self._save(owner, hook_id, template=template)

    def revoke(self, owner: str, hook_id: HookId) -> None:
        """Let nothing in any more. Raises :class:`HookNotFound`."""
        self._save(owner, hook_id, revoked_at=self.now())

    def _save(self, owner: str, hook_id: HookId, **changed: Any) -> Hook:
        known = self.hooks.at(hook_id)
        if known is None or known.owner != owner:
            raise HookNotFound
        saved = replace(known, **changed)
        if not self.hooks.save(saved):
            raise HookNotFound
        return saved

    def _secret(self) -> str:
        return "tv_" + urlsafe_b64encode(self.random(_SECRET_BYTES)).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Door:
    """Where alerts arrive. ``senders`` are the addresses that may call, empty for any."""

    hooks: Hooks
    alerts: Alerts
    senders: frozenset[str] = frozenset()
    now: Callable[[], datetime] = clock.now

    def receive(self, hook_id: HookId, content: Mapping[str, Any], ip: str) -> Alert:
        """Store the alert and tell of it. The secret stands in ``content`` and is not stored.

        Raises :class:`SenderNotAllowed`; :class:`HookNotFound` for an absent hook and a wrong secret alike;
        ``LimitExceeded``.
        """
        if self.senders and ip not in self.senders:
            raise SenderNotAllowed
        given, hook = content.get("secret"), self.hooks.at(hook_id)
        known = hook.secret_hash if hook is not None else _NOBODY
        same = hmac.compare_digest(_hash(given if isinstance(given, str) else ""), known)
        if hook is None or not same:
            raise HookNotFound
        now = self.now()
        kept = {name: value for name, value in content.items() if name != "secret"}
        alert = Alert(AlertId(ids.uuid7()), hook_id, hook.owner, kept, now)
        fact = AlertReceived(alert_id=alert.id, hook_id=hook_id, received_at=now)
        event = events.new(fact, subject=hook_id, version=int(now.timestamp() * 1_000_000))
        if not self.alerts.receive(alert, event, MOST_A_MINUTE, now - timedelta(minutes=1)):
            raise LimitExceeded(f"At most {MOST_A_MINUTE} alerts a minute and webhook", retry_after_s=60)
        return alert


@dataclass(frozen=True, slots=True)
class Alerting:
    """What becomes of a stored alert: once, whatever is delivered twice."""

    hooks: Hooks
    alerts: Alerts
    candles: CandleStore
    reference: Reference
    policies: Policies
    proposing: Proposing
    now: Callable[[], datetime] = clock.now

    def settle(self, alert_id: AlertId) -> Alert | None:
        """Read, de-duplicate, screen; return the alert as it is then, None for one that is not ours.

        Settled alerts of the hook that are past :data:`KEPT_FOR` are forgotten on the way.
        """
        alert = self.alerts.find(alert_id)
        if alert is None or alert.status != "received":
            return alert
        settled = replace(self._judged(alert), settled_at=self.now())
        self.alerts.settle(settled)
        self.alerts.forget(alert.hook_id, self.now() - KEPT_FOR, _FORGOTTEN_AT_ONCE)
        return settled

    def end_plan(self, owner: str) -> int:
        """Revoke the webhooks that came with a plan which has ended; an analyst's stay. Return how many."""
        return self.hooks.revoke_private(owner, self.now())

    def close(self, owner: str) -> int:
        """Revoke every webhook of a disabled person, also an analyst's. Return how many."""
        return self.hooks.revoke_all(owner, self.now())

    def _judged(self, alert: Alert) -> Alert:
        hook = self.hooks.at(alert.hook_id)
        if hook is None:
            return _refused(alert, "HOOK_REVOKED")
        try:
            found = mapped(alert.content, hook.template)
            if not self.alerts.claim(alert, found.fingerprint(hook.id)):
                return replace(alert, status="duplicate", reasons=("SAME_ALERT",))
            return self._screened(alert, hook, found)
        except UnreadableError as error:
            return _refused(alert, str(error))
        except ProposalRefused as error:
            return _refused(alert, *(one.code for one in error.errors))
        except Rejected as error:
            return _refused(alert, error.code)

    def _screened(self, alert: Alert, hook: Hook, found: Mapped) -> Alert:
        """Draft for an analyst, keep for its owner; both through the same rules."""
        candle = self._candle(found)
        if candle is None:
            return _refused(alert, "NO_SUCH_CANDLE")
        if hook.analyst is not None:
            if self.proposing.registration(hook.owner) != hook.analyst:
                raise NoRegistration
            signal = self.proposing.draft(hook.owner, found.proposal, candle)
            return replace(alert, status="drafted", signal_id=signal.id, terms=signal.terms)
        terms = self._terms(found, candle)
        reasons = self._findings(alert, terms)
        return replace(alert, status="refused" if reasons else "accepted", reasons=reasons, terms=terms)

    def _candle(self, found: Mapped) -> Candle | None:
        """Return the candle whose bar began at the alert's time. Raises :class:`InstrumentNotFound`."""
        proposal = found.proposal
        if self.reference.instrument(proposal.symbol) is None:
            raise InstrumentNotFound
        until = min(found.bar_at + LENGTH[proposal.timeframe], self.now())
        held = self.candles.between(proposal.symbol, proposal.timeframe, found.bar_at, until)
        return held[0] if held else None

    def _terms(self, found: Mapped, candle: Candle) -> Terms:
        instrument = self.reference.instrument(found.proposal.symbol)
        assert instrument is not None, "asked a line before"
        policy = self.policies.compliance_on(self.now().date())
        return terms_of(found.proposal, candle, instrument, PRIVATE, policy)

    def _findings(self, alert: Alert, terms: Terms) -> tuple[str, ...]:
        """Return why a private alert is refused: the rules of publication, but for the registration."""
        now = self.now()
        rules = self.policies.screening_on(now.date())
        before = self.alerts.accepted(alert.owner, terms.symbol, terms.timeframe, RELATED)
        others = [_as_signal(one, one.terms, terms.candle_at) for one in before if one.terms is not None]
        mine = _as_signal(alert, terms, terms.candle_at)
        return (
            *screening.findings(mine, rules, others),
            *compliance.findings(
                terms, self.policies.compliance_on(now.date()), lambda _analyst, _day: True, now
            ),
        )


def _as_signal(alert: Alert, terms: Terms, at: datetime) -> Signal:
    """Return an alert as screening looks at it: live until it expires."""
    signal = Signal(SignalId(alert.id), terms, drafted_at=alert.received_at)
    return replace(signal, status="live" if terms.expires_at > at else "expired")


def _refused(alert: Alert, *reasons: str) -> Alert:
    return replace(alert, status="refused", reasons=reasons)


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
