"""Judge ID tokens (OpenID Connect): our rules over what the provider signed, each token exchanged once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kit import clock, telemetry
from users import model
from users.errors import IdTokenRefused
from users.model import Expected, IdClaims
from users.ports import Digests, Provider, SpentProofs


@dataclass(frozen=True, slots=True)
class IdTokens:
    """Takes ID tokens of ``provider``: those it gave to ``client`` for us, and those its apps bring."""

    provider: Provider
    client: str
    apps: tuple[str, ...]
    spent: SpentProofs
    digests: Digests

    def answered(self, token: str, nonce: str) -> IdClaims:
        """Return what the token says that the provider gave us in answer to ``nonce``.

        Raises ``IdTokenRefused``, and ``Retryable`` while its keys cannot be read.
        """
        return self._judged(token, Expected(self.provider.issuer, (self.client,), nonce))

    def brought(self, token: str) -> IdClaims:
        """Return what a token says that one of our apps brings, used up by this. Raises as above.

        The app alone knows the nonce, so what keeps a copy from being used is that each token counts once.
        """
        claims = self._judged(token, Expected(self.provider.issuer, self.apps))
        # not the signature: it may have two spellings, what it signs has one
        digest = self.digests.of("id_token", token.rpartition(".")[0])
        until = min(claims.expires_at, claims.issued_at + model.ID_TOKEN_AGE.total_seconds())
        kept = datetime.fromtimestamp(until, UTC) + timedelta(seconds=2 * model.ID_TOKEN_SKEW_S)
        if not self.spent.spend(digest, kept):
            raise _refused("used")
        return claims

    def _judged(self, token: str, expected: Expected) -> IdClaims:
        if len(token) > model.ID_TOKEN_CHARS:
            raise _refused("size")
        try:
            claims = self.provider.read(token)
        except IdTokenRefused as refused:
            raise _refused(refused.rule) from refused
        rule = model.broken_rule(claims, expected, clock.unix())
        if rule is not None:
            raise _refused(rule)
        return claims


def _refused(rule: str) -> IdTokenRefused:
    telemetry.warning("an ID token was refused", rule=rule)
    return IdTokenRefused(rule)
