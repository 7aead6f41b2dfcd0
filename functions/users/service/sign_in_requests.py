"""Sign-ins that are begun at a provider and finished here (RFC 6749, 4.1, with RFC 7636).

Nothing is stored of one until it is finished. Its handle, which only the client has, carries when it ends;
state, nonce and verifier are digests of the handle under our key, so that whoever sees one of them learns
none of the others, and no stored copy can leak.
"""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest

from kit import clock
from users import model
from users.errors import SignInRequestRefused
from users.ports import Chance, Digests, Provider, SpentProofs


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """Where to send the person, and what the client gives back with the answer until ``expires_at``."""

    authorize_url: str
    handle: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider is asked with, and what its token must repeat."""

    verifier: str
    nonce: str


@dataclass(frozen=True, slots=True)
class SignInRequests:
    """Begins sign-ins, and takes each answer once."""

    provider: Provider
    spent: SpentProofs
    digests: Digests
    chance: Chance

    def begin(self) -> SignInRequest:
        """Return a new one. Raises ``Retryable`` while the provider is away."""
        ends = int((clock.now() + model.SIGN_IN_REQUEST_LIFE).timestamp())
        handle = f"{self.chance.token()}.{ends}"
        verifier = self._derived("verifier", handle)
        challenge = _base64(hashlib.sha256(verifier.encode()).digest())
        url = self.provider.authorize_url(
            self._derived("state", handle), self._derived("nonce", handle), challenge
        )
        return SignInRequest(url, handle, datetime.fromtimestamp(ends, UTC))

    def take(self, handle: str, state: str) -> Answer:
        """Use a request up. Raises ``SignInRequestRefused``: not ours, over, of another state, or used."""
        # nobody but us knows the state of a handle: this tells handles that are not ours, too, or end later
        if not compare_digest(state.encode(), self._derived("state", handle).encode()):
            raise SignInRequestRefused
        ends = datetime.fromtimestamp(int(handle.rpartition(".")[2]), UTC)
        if ends <= clock.now() or not self.spent.spend(self.digests.of("oidc_spent", handle), ends):
            raise SignInRequestRefused
        return Answer(self._derived("verifier", handle), self._derived("nonce", handle))

    def _derived(self, purpose: str, handle: str) -> str:
        """Return 43 characters of base64url: just what RFC 7636, section 4.1, recommends for a verifier."""
        return _base64(self.digests.of(f"oidc_{purpose}", handle))


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
