"""Authorize one request by an API key. What cannot be checked is not let in: a key has no degraded mode."""

import re
import socket
from hashlib import sha256

from authorizer.errors import TokenRefused
from authorizer.model import BURST_PER_MINUTE, route_class
from authorizer.ports import KeyGate
from kit.identity import Caller

_BEARER = "bearer "
_KEY = re.compile(r"tk_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")
_NO_SCOPES: frozenset[str] = frozenset()


class KeyAuthorizer:
    """Turns an API key, an address and a resource into the caller."""

    def __init__(self, gate: KeyGate) -> None:
        self._gate = gate

    def authorize(self, authorization: str, ip: str, resource: str, now: float) -> Caller:
        """Return who calls ``resource`` from ``ip`` with that ``Authorization`` header.

        The caller has the plan of the key's owner and no roles. Outside of the key's allow-list it is
        ``barred`` and has no scopes: the edge answers 403. Raises ``TokenRefused`` for a key that is
        unknown, forged, expired or revoked, ``Retryable`` while keys cannot be checked.
        """
        found = _KEY.fullmatch(authorization[7:])
        if authorization[:7].lower() != _BEARER or found is None:
            raise TokenRefused("key_shape")
        burst_class = route_class(resource)
        known = self._gate.check(
            prefix=found[1],
            digest=sha256(found[2].encode()).hexdigest(),
            address=_bits(ip),
            burst_class=burst_class,
            burst=BURST_PER_MINUTE.get(burst_class, 0),
            now=now,
        )
        return Caller(
            subject=known.owner,
            plan=known.plan,
            scopes=known.scopes if known.limit else _NO_SCOPES,
            limit=known.limit,
            issued_at=int(now),
            key=known.key,
            barred="" if known.limit else "network",
        )


def _bits(ip: str) -> str:
    """Return ``ip`` as 128 binary digits, an IPv4 address as its IPv4-mapped IPv6 one."""
    try:
        if ":" in ip:
            raw = socket.inet_pton(socket.AF_INET6, ip)
        else:
            raw = bytes(10) + b"\xff\xff" + socket.inet_pton(socket.AF_INET, ip)
    except OSError:
        raise TokenRefused("address") from None
    return f"{int.from_bytes(raw, 'big'):0128b}"
