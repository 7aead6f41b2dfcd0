"""Refresh, sign out, devices. PostgreSQL decides; the mirror tells the authorizer, within a minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kit import clock
from kit.events import Event
from users.errors import DeviceUnknown, RefreshRefused, UserUnknown
from users.model import Device, FamilyId, User, UserId
from users.ports import RevocationMirror, Sessions
from users.service import facts
from users.service.revoking import refuse_all, refuse_families
from users.service.tokens import Grant, Issuer, hash_of, stale_from

_EVERYWHERE = "signed_out_everywhere"


@dataclass(frozen=True, slots=True)
class SessionKeeping:
    """Continues and ends sessions."""

    sessions: Sessions
    mirror: RevocationMirror
    issuer: Issuer

    def refresh(self, refresh_token: str, device_id: str) -> Grant:
        """Exchange ``refresh_token`` for its successor and a new access token.

        Within ten seconds the same device gets the same successor again. Later, or from another device, the
        token was stolen: its family ends. Raises ``RefreshRefused``.
        """
        successor = self.issuer.successor(refresh_token)
        found = self.sessions.rotate(
            hash_of(refresh_token),
            hash_of(successor),
            device_id,
            clock.now(),
            facts.ending("refresh_token_reused"),
        )
        if found.verdict == "reuse" and found.family is not None:
            refuse_families(self.mirror, (found.family,))
        user, family, ends_at = found.user, found.family, found.ends_at
        if found.verdict in {"ended", "reuse"} or user is None or family is None or ends_at is None:
            raise RefreshRefused
        return self.issuer.grant(user, family, successor, device_id, ends_at)

    def sign_out(self, user_id: UserId, family: FamilyId) -> None:
        """End the caller's own session; one that ended before, or a token without one, is fine."""
        if not family:
            return
        self.sessions.end(user_id, family, "signed_out", clock.now(), facts.ending("signed_out"))
        refuse_families(self.mirror, (family,))

    def remove_device(self, user_id: UserId, family: FamilyId) -> None:
        """End the session of one of the caller's devices. Raises ``DeviceUnknown``."""
        if not self.sessions.end(user_id, family, "removed", clock.now(), facts.ending("device_removed")):
            raise DeviceUnknown
        refuse_families(self.mirror, (family,))

    def sign_out_everywhere(self, user_id: UserId) -> None:
        """End every session of the caller; access tokens issued up to now are refused. ``UserUnknown``."""
        now = clock.now()

        def tell(user: User) -> Sequence[Event[Any]]:
            return (facts.sessions_ended(user, _EVERYWHERE, now),)

        ended = self.sessions.end_all(user_id, _EVERYWHERE, stale_from(now), now, tell)
        if ended is None:
            raise UserUnknown
        refuse_all(self.mirror, ended)

    def devices(self, user_id: UserId) -> list[Device]:
        """Return the devices signed in, the last seen first."""
        return self.sessions.devices(user_id, clock.now())
