"""What crosses the trust boundary, as msgspec structs: token header, claims, and one key of a JWKS."""

from typing import Literal

import msgspec

from kit.identity import Plan, Role


class Header(msgspec.Struct, frozen=True, gc=False):
    """JOSE header. Unknown members (``jku``, ``jwk``, ``x5u`` …) are never read; ``crit`` is refused."""

    alg: str
    kid: str
    typ: str
    crit: msgspec.UnsetType | list[str] = msgspec.UNSET


class Claims(msgspec.Struct, frozen=True, gc=False):
    """Claims of an access token (RFC 9068); times are Unix seconds.

    ``fam`` is the family of refresh tokens (one signed-in device), ``sua`` the second of the last step-up and
    ``sul`` its level: 1 a one-time code, 2 the authenticator app.
    """

    iss: str
    aud: str | list[str]
    sub: str
    exp: int
    iat: int
    nbf: int = 0
    roles: frozenset[Role] = frozenset()
    plan: Plan = "free"
    scope: str = ""
    fam: str = ""
    sua: int = 0
    sul: Literal[0, 1, 2] = 0


class Jwk(msgspec.Struct, frozen=True):
    """One public key of a JWKS; members that are not listed are ignored."""

    kty: str
    kid: str = ""
    n: str = ""
    e: str = ""
    alg: str = ""
    use: str = ""


class Jwks(msgspec.Struct, frozen=True):
    """A JWKS document (RFC 7517)."""

    keys: list[Jwk]
