"""Settings → adapters → the authorizer, once per container and on first use. Opens no connection itself."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from authorizer.adapters.redis import RedisGate
from authorizer.adapters.secrets import KeyRing
from authorizer.model import Rules
from authorizer.service.authorization import Authorizer
from authorizer.service.verification import Verifier
from kit import clock, secrets, settings
from kit.stores.redis import Redis

if TYPE_CHECKING:
    from authorizer.service.keys import KeyAuthorizer


@dataclass(frozen=True)
class AuthorizerSettings:
    """``TOKEN_ISSUERS`` is the allow-list; their keys are in the secret ``treum/<stage>/jwks``."""

    stage: str
    token_issuers: tuple[str, ...]
    token_audience: str
    redis_url: str
    redis_secret: str = ""


@cache
def authorizer() -> Authorizer:
    """Return this container's authorizer. Raises ``SettingsError`` that names a missing variable."""
    own = settings.load(AuthorizerSettings)
    keys = KeyRing(secrets.get, f"treum/{own.stage}/jwks", monotonic=clock.monotonic)
    rules = Rules(issuers=frozenset(own.token_issuers), audience=own.token_audience)
    return Authorizer(Verifier(keys, rules), RedisGate(_redis()))


@cache
def keys() -> "KeyAuthorizer":
    """Return what judges API keys in this container."""
    from authorizer.adapters.keys import RedisKeyGate  # noqa: PLC0415 - tokens start without the code of keys
    from authorizer.service.keys import KeyAuthorizer  # noqa: PLC0415 - as above

    return KeyAuthorizer(RedisKeyGate(_redis()))


@cache
def _redis() -> Redis:
    own = settings.load(AuthorizerSettings)
    return Redis(own.redis_url, own.redis_secret or None)
