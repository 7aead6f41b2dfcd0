"""Sign in with an identity of a provider: it says who comes, everything else stays ours."""

from dataclasses import dataclass

from kit.errors import Retryable
from users.errors import CredentialsRefused
from users.model import IdClaims
from users.ports import Provider
from users.service.id_tokens import IdTokens
from users.service.identities import Linking
from users.service.sign_in import SignIn
from users.service.sign_in_requests import SignInRequest, SignInRequests
from users.service.tokens import Grant


@dataclass(frozen=True, slots=True)
class Arrival:
    """From where somebody comes: ``device_id`` is made here when None."""

    device_id: str | None
    device_name: str
    request_id: str


@dataclass(frozen=True, slots=True)
class FederatedSignIn:
    """Turns a proof of the provider into a session of ours, as :class:`users.service.sign_in.SignIn` does."""

    provider: Provider
    requests: SignInRequests
    tokens: IdTokens
    linking: Linking
    entry: SignIn

    def start(self) -> SignInRequest:
        """Begin a sign-in at the provider. Raises ``Retryable`` while it is away."""
        return self.requests.begin()

    def finish(self, handle: str, state: str, code: str, arrival: Arrival) -> Grant:
        """Redeem ``code`` and return the tokens of a new session.

        Raises ``SignInRequestRefused``, ``IdTokenRefused``, and what :meth:`exchange` does besides.
        """
        self.entry.demand_ready()
        answer = self.requests.take(handle, state)
        claims = self.tokens.answered(self.provider.redeem(code, answer.verifier), answer.nonce)
        return self._enter(claims, arrival)

    def exchange(self, token: str, arrival: Arrival) -> Grant:
        """Exchange an ID token that one of our apps brings for the tokens of a new session of ours.

        Raises ``IdTokenRefused``, ``EmailUnverified``, ``LinkNeedsSignIn``, ``TooManyIdentities``, what a
        sign-in by password raises, and ``Retryable``.
        """
        self.entry.demand_ready()
        return self._enter(self.tokens.brought(token), arrival)

    def _enter(self, claims: IdClaims, arrival: Arrival) -> Grant:
        user = self.linking.user_of(claims, arrival.request_id)
        try:
            return self.entry.enter(user, arrival.device_id, arrival.device_name)
        except CredentialsRefused as error:  # every session from before ended with it, this one too
            raise Retryable(
                "The password was replaced or the account disabled a moment ago: sign in again"
            ) from error
