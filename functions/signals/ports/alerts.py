"""Ports of alerts that people's own tools send in."""

from datetime import datetime
from typing import Protocol

from kit.events import Event
from kit.events.alert_events import AlertReceived
from signals.model.alert import Alert, AlertId, Hook, HookId
from signals.model.market import Timeframe


class Hooks(Protocol):
    """Addresses to which alerts come; only their owner finds them, except by their id at the door."""

    def create(self, hook: Hook, most: int) -> bool:
        """Add it unless its owner has ``most`` that are not revoked; False then."""

    def at(self, hook_id: HookId) -> Hook | None:
        """Return the hook whoever asks, for the door and the consumer; None when absent or revoked."""

    def of(self, owner: str) -> list[Hook]:
        """Return the owner's hooks that are not revoked, oldest first."""

    def save(self, hook: Hook) -> bool:
        """Replace name, secret, template and revocation of the owner's hook; False when it is not there."""

    def revoke_private(self, owner: str, at: datetime) -> int:
        """Revoke the owner's hooks that draft for no analyst; return how many."""

    def revoke_all(self, owner: str, at: datetime) -> int:
        """Revoke every hook of the owner; return how many."""


class Alerts(Protocol):
    """Alerts as they came and what became of them; the owner is part of every question."""

    def receive(self, alert: Alert, event: Event[AlertReceived], most: int, since: datetime) -> bool:
        """Add it with ``event`` unless its hook had ``most`` alerts after ``since``; False then."""

    def find(self, alert_id: AlertId) -> Alert | None:
        """Return the alert, for the consumer."""

    def claim(self, alert: Alert, fingerprint: bytes) -> bool:
        """Give the alert its fingerprint; False when another one of its hook has it."""

    def settle(self, alert: Alert) -> None:
        """Write what became of a received alert."""

    def forget(self, hook_id: HookId, before: datetime, limit: int) -> int:
        """Delete up to ``limit`` settled alerts of a hook received before ``before``; return how many."""

    def accepted(self, owner: str, symbol: str, timeframe: Timeframe, limit: int) -> list[Alert]:
        """Return the owner's newest accepted alerts of one instrument and timeframe."""

    def page(
        self, owner: str, hook_id: HookId, after: tuple[datetime, AlertId] | None, limit: int
    ) -> list[Alert]:
        """Return the owner's alerts of one hook, newest first, from behind ``after`` on."""
