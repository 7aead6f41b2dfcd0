"""Refresh, sign out, devices. PostgreSQL decides; the mirror tells the authorizer, within a minute."""

from dataclasses import dataclass

from kit import clock, events
from kit.errors import Retryable
from kit.events import Event
from kit.events.user_events import UserSessionsRevoked
from users.errors import DeviceUnknown, RefreshRefused, UserUnknown
from users.model import Device, FamilyId, User, UserId
from users.ports import RevocationMirror, Sessions, TellEnd
from users.service.revoking import refuse_before
from users.service.tokens import Grant, Issuer, hash_of, stale_from


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
            hash_of(refresh_token), hash_of(successor), device_id, clock.now(), _ended("refresh_token_reused")
        )
        if found.verdict == "reuse" and found.family is not None:
            self._mirror_family(found.family)
        user, family, ends_at = found.user, found.family, found.ends_at
        if found.verdict in {"ended", "reuse"} or user is None or family is None or ends_at is None:
            raise RefreshRefused
        return self.issuer.grant(user, family, successor, device_id, ends_at)

    def sign_out(self, user_id: UserId, family: FamilyId) -> None:
        """End the caller's own session; one that ended before, or a token without one, is fine."""
        if not family:
            return
        self.sessions.end(user_id, family, "signed_out", clock.now(), _ended("signed_out"))
        self._mirror_family(family)

    def remove_device(self, user_id: UserId, family: FamilyId) -> None:
        """End the session of one of the caller's devices. Raises ``DeviceUnknown``."""
        if not self.sessions.end(user_id, family, "removed", clock.now(), _ended("device_removed")):
            raise DeviceUnknown
        self._mirror_family(family)

    def sign_out_everywhere(self, user_id: UserId) -> None:
        """End every session of the caller; access tokens issued up to now are refused. ``UserUnknown``."""
        now = clock.now()
        second = stale_from(now)

        def tell(user: User) -> Event[UserSessionsRevoked]:
            return _event(user, (), second, "signed_out_everywhere")

        user = self.sessions.end_all(user_id, "signed_out_everywhere", second, now, tell)
        if user is None:
            raise UserUnknown
        refuse_before(self.mirror, user)

    def devices(self, user_id: UserId) -> list[Device]:
        """Return the devices signed in, the last seen first."""
        return self.sessions.devices(user_id, clock.now())

    def _mirror_family(self, family: FamilyId) -> None:
        try:
            self.mirror.revoke_family(family)
        except Retryable:
            return  # committed in PostgreSQL: the schedule's next rebuild tells the mirror


def _ended(reason: str) -> TellEnd:
    def tell(user: User, family: FamilyId) -> Event[UserSessionsRevoked]:
        return _event(user, (family,), 0, reason)

    return tell


def _event(
    user: User, families: tuple[FamilyId, ...], not_before: int, reason: str
) -> Event[UserSessionsRevoked]:
    told = UserSessionsRevoked(
        user_id=user.id, families=families, not_before=not_before, reason=reason, revoked_at=clock.now()
    )
    return events.new(told, subject=user.id, version=user.version)
