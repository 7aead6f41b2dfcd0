"""Hooks and alerts in memory."""

from dataclasses import replace
from datetime import datetime

from kit.events import Event
from kit.events.alert_events import AlertReceived
from signals.model.alert import Alert, AlertId, Hook, HookId
from signals.model.market import Timeframe


class MemoryHooks:
    """Hooks by id."""

    def __init__(self) -> None:
        self._kept: dict[HookId, Hook] = {}

    def create(self, hook: Hook, most: int) -> bool:
        """Count and add."""
        if len(self.of(hook.owner)) >= most:
            return False
        self._kept[hook.id] = hook
        return True

    def at(self, hook_id: HookId) -> Hook | None:
        """Return the hook."""
        found = self._kept.get(hook_id)
        return found if found is not None and found.revoked_at is None else None

    def of(self, owner: str) -> list[Hook]:
        """Return the owner's."""
        found = [one for one in self._kept.values() if one.owner == owner and one.revoked_at is None]
        return sorted(found, key=lambda one: (one.created_at, one.id))

    def save(self, hook: Hook) -> bool:
        """Replace the owner's."""
        known = self.at(hook.id)
        if known is None or known.owner != hook.owner:
            return False
        self._kept[hook.id] = replace(hook, created_at=known.created_at, analyst=known.analyst)
        return True

    def revoke_private(self, owner: str, at: datetime) -> int:
        """Revoke those without an analyst."""
        return self._revoke([one for one in self.of(owner) if one.analyst is None], at)

    def revoke_all(self, owner: str, at: datetime) -> int:
        """Revoke all of them."""
        return self._revoke(self.of(owner), at)

    def _revoke(self, hooks: list[Hook], at: datetime) -> int:
        self._kept |= {one.id: replace(one, revoked_at=at) for one in hooks}
        return len(hooks)


class MemoryAlerts:
    """Alerts by id; ``events`` is what the outbox would hold."""

    def __init__(self) -> None:
        self.events: list[Event[AlertReceived]] = []
        self._kept: dict[AlertId, Alert] = {}
        self._fingerprints: dict[tuple[HookId, bytes], AlertId] = {}

    def receive(self, alert: Alert, event: Event[AlertReceived], most: int, since: datetime) -> bool:
        """Count and add."""
        lately = [one for one in self._of(alert.hook_id) if one.received_at > since]
        if len(lately) >= most:
            return False
        self._kept[alert.id] = alert
        self.events.append(event)
        return True

    def find(self, alert_id: AlertId) -> Alert | None:
        """Return the alert."""
        return self._kept.get(alert_id)

    def claim(self, alert: Alert, fingerprint: bytes) -> bool:
        """Keep the first."""
        return self._fingerprints.setdefault((alert.hook_id, fingerprint), alert.id) == alert.id

    def settle(self, alert: Alert) -> None:
        """Replace a received one."""
        if self._kept[alert.id].status == "received":
            self._kept[alert.id] = alert

    def forget(self, hook_id: HookId, before: datetime, limit: int) -> int:
        """Delete the oldest."""
        old = [one for one in self._of(hook_id) if one.received_at < before and one.status != "received"]
        for one in old[:limit]:
            del self._kept[one.id]
        return len(old[:limit])

    def accepted(self, owner: str, symbol: str, timeframe: Timeframe, limit: int) -> list[Alert]:
        """Return the newest."""
        found = [
            one
            for one in self._kept.values()
            if one.owner == owner
            and one.status == "accepted"
            and one.terms is not None
            and (one.terms.symbol, one.terms.timeframe) == (symbol, timeframe)
        ]
        return sorted(found, key=lambda one: one.received_at, reverse=True)[:limit]

    def page(
        self, owner: str, hook_id: HookId, after: tuple[datetime, AlertId] | None, limit: int
    ) -> list[Alert]:
        """Return them newest first."""
        found = [one for one in self._of(hook_id) if one.owner == owner]
        found.sort(key=lambda one: (one.received_at, one.id), reverse=True)
        return [one for one in found if after is None or (one.received_at, one.id) < after][:limit]

    def _of(self, hook_id: HookId) -> list[Alert]:
        return [one for one in self._kept.values() if one.hook_id == hook_id]
