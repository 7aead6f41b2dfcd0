"""Access tokens (RFC 9068, RS256) and refresh tokens (opaque) of one session."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kit import clock
from users import model
from users.model import FamilyId, RefreshToken, User
from users.ports import Chance, Digests, TokenSigner

_PREFIX = "trm_rt_"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a signed-in client is given. ``device_id`` must come with every refresh."""

    access_token: str
    refresh_token: str
    device_id: str
    expires_in: int
    refresh_expires_at: datetime


@dataclass(frozen=True, slots=True)
class Issuer:
    """Makes tokens for ``audience`` in the name of ``issuer``."""

    issuer: str
    audience: str
    signer: TokenSigner
    digests: Digests
    chance: Chance

    def first_refresh_token(self) -> str:
        """Return a new refresh token."""
        return _PREFIX + self.chance.token()

    def successor(self, refresh_token: str) -> str:
        """Return the one successor of ``refresh_token``.

        It is derived under our key, so a lost answer can be given again although no token is stored, and
        whoever has an old token cannot compute the next.
        """
        raw = self.digests.of("refresh", refresh_token)
        return _PREFIX + urlsafe_b64encode(raw).rstrip(b"=").decode()

    def grant(
        self, user: User, family: FamilyId, refresh_token: str, device_id: str, ends_at: datetime
    ) -> Grant:
        """Return the tokens of one session; ``refresh_token`` is good until ``ends_at``."""
        life = int(model.ACCESS_LIFE.total_seconds())
        return Grant(
            access_token=self.signer.sign(self._claims(user, family, life)),
            refresh_token=refresh_token,
            device_id=device_id,
            expires_in=life,
            refresh_expires_at=ends_at,
        )

    def stepped_up(self, user: User, family: FamilyId, level: int) -> str:
        """Return an access token of the session ``family`` with a step-up of ``level``, made now."""
        claims = self._claims(user, family, int(model.ACCESS_LIFE.total_seconds()))
        return self.signer.sign({**claims, "sua": int(clock.unix()), "sul": level})

    def _claims(self, user: User, family: FamilyId, life: int) -> dict[str, Any]:
        # never before ``not_before``: a token made right after a change must not look stale
        now = clock.now()
        issued_at = max(int(now.timestamp()), user.not_before)
        return {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": user.id,
            "iat": issued_at,
            "exp": issued_at + life,
            "roles": list(user.roles),
            "plan": user.entitled(now).plan,
            "fam": family,
        }


def hash_of(refresh_token: str) -> bytes:
    """Return what is stored of ``refresh_token``: it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(refresh_token.encode()).digest()


def stored(refresh_token: str, user: User, family: FamilyId) -> RefreshToken:
    """Return the record of a token issued now."""
    now = clock.now()
    return RefreshToken(hash_of(refresh_token), family, user.id, now, now + model.REFRESH_LIFE)


def stale_from(now: datetime) -> int:
    """Return the Unix second before which tokens issued up to ``now`` lie."""
    return int(now.astimezone(UTC).timestamp()) + 1
