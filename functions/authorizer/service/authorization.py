"""Authorize one request: token, revocation, quota. What cannot be checked is never guessed: it degrades."""

from authorizer.errors import TokenRefused
from authorizer.model import BURST_PER_MINUTE, HOURLY_QUOTA, route_class
from authorizer.ports import Gate
from authorizer.schemas import Claims
from authorizer.service.verification import Verifier
from kit.errors import Retryable
from kit.identity import Caller, Limit

_BEARER = "bearer "
_NO_SCOPES: frozenset[str] = frozenset()


class Authorizer:
    """Turns a bearer token and a resource into the caller."""

    def __init__(self, verifier: Verifier, gate: Gate) -> None:
        self._verifier = verifier
        self._gate = gate

    def authorize(self, authorization: str, resource: str, now: float) -> Caller:
        """Return who calls ``resource`` (API Gateway's path template) with that ``Authorization`` header.

        An exhausted quota is part of the caller's ``limit``; a shared memory that is away makes the caller
        ``degraded``. Raises ``TokenRefused`` for a bad, revoked or stale token, ``Retryable`` without keys.
        """
        if authorization[:7].lower() != _BEARER:
            raise TokenRefused("scheme")
        claims = self._verifier.verify(authorization[7:], now)
        try:
            limit = self._take(claims, resource, now)
        except Retryable:
            limit = None
        return Caller(
            subject=claims.sub,
            roles=claims.roles,
            plan=claims.plan,
            scopes=frozenset(claims.scope.split()) if claims.scope else _NO_SCOPES,
            family=claims.fam,
            step_up_at=claims.sua,
            step_up_level=claims.sul,
            limit=limit,
            degraded=limit is None,
            issued_at=claims.iat,
        )

    def _take(self, claims: Claims, resource: str, now: float) -> Limit:
        burst_class = route_class(resource)
        return self._gate.check(
            subject=claims.sub,
            family=claims.fam,
            issued_at=claims.iat,
            quota=HOURLY_QUOTA[claims.plan],
            burst_class=burst_class,
            burst=BURST_PER_MINUTE.get(burst_class, 0),
            now=now,
        )
