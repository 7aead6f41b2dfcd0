"""A provider that OpenID Connect Discovery 1.0 describes, such as an Auth0 tenant."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import urlencode

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from kit import telemetry
from kit.aws.wire import Response
from kit.errors import Retryable
from users.adapters.oidc import tokens
from users.adapters.oidc.held import COOL_DOWN_S, Held
from users.adapters.oidc.keys import keys_of
from users.adapters.oidc.web import TIMEOUT_S, Web
from users.errors import SignInRequestRefused
from users.model import IdClaims

_PLACE: Final = "/.well-known/openid-configuration"
_SCOPE: Final = "openid email"
_PLACES_FRESH_S: Final = 3600.0
_BAD_CODE: Final = frozenset({"invalid_grant", "invalid_request"})
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Client:
    """Us at the provider: ``secret`` is read for each code, so that it can be changed."""

    id: str
    secret: Callable[[], str]
    redirect_uri: str


class _Places(msgspec.Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Granted(msgspec.Struct, frozen=True):
    id_token: str


class _Failed(msgspec.Struct, frozen=True):
    error: str = ""


class OidcProvider:
    """See :class:`users.ports.Provider`. Raises ``ValueError`` for an issuer that is no https address."""

    def __init__(
        self, issuer: str, client: Client, *, cool_down_s: float = COOL_DOWN_S, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._issuer = issuer
        self._client = client
        self._web = Web(issuer, timeout_s)
        self._places = Held(self._discover, cool_down_s=cool_down_s, fresh_s=_PLACES_FRESH_S)
        self._keys = Held(self._fetch_keys, cool_down_s=cool_down_s)

    @property
    def issuer(self) -> str:
        """See :class:`users.ports.Provider`."""
        return self._issuer

    def authorize_url(self, state: str, nonce: str, challenge: str) -> str:
        """See :class:`users.ports.Provider`."""
        asked = {
            "response_type": "code",
            "client_id": self._client.id,
            "redirect_uri": self._client.redirect_uri,
            "scope": _SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._places.get().authorization_endpoint}?{urlencode(asked)}"

    def redeem(self, code: str, verifier: str) -> str:
        """See :class:`users.ports.Provider`."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": self._client.redirect_uri,
            "client_id": self._client.id,
            "client_secret": self._client.secret(),
        }
        answer = self._web.post(self._places.get().token_endpoint, form)
        if answer.status == 200:  # noqa: PLR2004 - RFC 6749, section 5.1
            return _read(answer.body, _Granted).id_token
        raise _refusal(answer)

    def read(self, token: str) -> IdClaims:
        """See :class:`users.ports.Provider`."""
        return tokens.read(token, self._find)

    def _find(self, kid: str) -> RSAPublicKey | None:
        return self._keys.get(lambda known: kid in known).get(kid)

    def _discover(self) -> _Places:
        found = _read(self._web.get(self._issuer.rstrip("/") + _PLACE), _Places)
        if found.issuer != self._issuer:
            raise Retryable("the provider calls itself otherwise than OIDC_ISSUER")
        for url in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            self._web.demand_own(url)
        return found

    def _fetch_keys(self) -> dict[str, RSAPublicKey]:
        return keys_of(self._web.get(self._places.get().jwks_uri))


def _refusal(answer: Response) -> Exception:
    """Return what a failed redemption means: the code's fault, else ours or the provider's (5.2)."""
    try:
        why = msgspec.json.decode(answer.body, type=_Failed).error
    except (msgspec.MsgspecError, UnicodeDecodeError):
        why = ""
    if why in _BAD_CODE:
        return SignInRequestRefused()
    telemetry.warning("the provider redeems no code", status=answer.status, error=why[:40])
    return Retryable("Sign-in by your provider is not possible for a moment: begin anew")


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Retryable("the provider answered what cannot be read") from error
