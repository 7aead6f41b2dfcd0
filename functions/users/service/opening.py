"""Begin a session."""

from dataclasses import dataclass

from kit import clock, ids
from users.errors import CredentialsRefused
from users.model import Device, FamilyId, User
from users.ports import RevocationMirror, Sessions
from users.service import facts
from users.service.revoking import refuse_families
from users.service.tokens import Grant, Issuer, stored


@dataclass(frozen=True, slots=True)
class SessionOpening:
    """Opens sessions of people who proved who they are."""

    sessions: Sessions
    mirror: RevocationMirror
    issuer: Issuer

    def begin(self, user: User, device_id: str, name: str) -> Grant:
        """Return the tokens of a new session of ``user`` on a device.

        The session before on this device ends, or of ten others the one that refreshed longest ago. Raises
        ``CredentialsRefused`` when the password was replaced or the account disabled since ``user`` was
        read.
        """
        now = clock.now()
        device = Device(FamilyId(ids.uuid7()), user.id, device_id, name, created_at=now, last_seen_at=now)
        refresh_token = self.issuer.first_refresh_token()
        token = stored(refresh_token, user, device.family)
        began = self.sessions.open(device, token, user.password_hash, facts.ending)
        if began is None:
            raise CredentialsRefused
        refuse_families(self.mirror, began.displaced)
        return self.issuer.grant(user, device.family, refresh_token, device_id, token.expires_at)
