"""The ports in memory: fixed keys, and a gate with fixed hourly windows. For tests and trials."""

import math
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from authorizer.errors import TokenRefused
from authorizer.model import HOUR_S, MINUTE_S
from authorizer.ports import KnownKey
from kit.errors import Retryable
from kit.identity import Limit, Plan


class MemoryKeys:
    """Keys that never change."""

    def __init__(self, keys: Mapping[tuple[str, str], RSAPublicKey]) -> None:
        self._keys = dict(keys)

    def find(self, issuer: str, kid: str) -> RSAPublicKey | None:
        """Return the key of ``issuer`` named ``kid``, or None."""
        return self._keys.get((issuer, kid))


class MemoryGate:
    """Revocations and quotas of one process. ``away`` makes it behave as a memory that cannot be reached."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away
        self._families: set[str] = set()
        self._not_before: dict[str, int] = {}
        self._taken: dict[tuple[str, str], deque[float]] = defaultdict(deque)

    def revoke_family(self, family: str) -> None:
        """Make every token of ``family`` refused."""
        self._families.add(family)

    def refuse_before(self, subject: str, second: int) -> None:
        """Make tokens of ``subject`` issued before ``second`` (Unix) stale."""
        self._not_before[subject] = second

    def check(
        self,
        *,
        subject: str,
        family: str,
        issued_at: int,
        quota: int,
        burst_class: str,
        burst: int,
        now: float,
    ) -> Limit:
        """See :class:`authorizer.ports.Gate`: an exact sliding log of an hour and of a minute."""
        if self.away:
            raise Retryable("the shared memory is away")
        if family in self._families:
            raise TokenRefused("revoked")
        if issued_at < self._not_before.get(subject, 0):
            raise TokenRefused("stale")
        if burst:
            limit = self._take((burst_class, subject), burst, MINUTE_S, now)
            if limit.exceeded:
                return limit
        return self._take(("plan", subject), quota, HOUR_S, now)

    def _take(self, key: tuple[str, str], limit: int, length_s: int, now: float) -> Limit:
        log = self._taken[key]
        while log and log[0] <= now - length_s:
            log.popleft()
        if len(log) >= limit:
            return Limit(limit, 0, max(1, math.ceil(log[0] + length_s - now)), exceeded=True)
        log.append(now)
        return Limit(limit, limit - len(log), length_s)


@dataclass(frozen=True, slots=True)
class MemoryKey:
    """What is mirrored of one API key; ``networks`` as beginnings of 128 binary digits, none: everywhere."""

    id: str
    digest: str
    owner: str
    expires_at: float
    plan: Plan = "enterprise"
    quota: int = 10_000
    scopes: frozenset[str] = frozenset()
    networks: tuple[str, ...] = ()


class MemoryKeyGate:
    """API keys, their quotas and what was counted, of one process; ``whole`` is the marker."""

    def __init__(self) -> None:
        self.whole = True
        self.keys: dict[str, MemoryKey] = {}
        self.counted: Counter[tuple[int, str, str]] = Counter()
        self._limits = MemoryGate()

    def check(
        self, *, prefix: str, digest: str, address: str, burst_class: str, burst: int, now: float
    ) -> KnownKey:
        """See :class:`authorizer.ports.KeyGate`."""
        if not self.whole:
            raise Retryable("the mirror of API keys is not complete")
        kept = self.keys.get(prefix)
        if kept is None or kept.digest != digest or kept.expires_at <= now:
            raise TokenRefused("key")
        limit, what = None, ["barred"]
        if not kept.networks or any(address.startswith(one) for one in kept.networks):
            limit = self._limits.check(
                subject=kept.owner,
                family="",
                issued_at=int(now),
                quota=kept.quota,
                burst_class=burst_class,
                burst=burst,
                now=now,
            )
            what = ["requests", *(["limited"] if limit.exceeded else [])]
        for one in what:
            self.counted[int(now) // HOUR_S, kept.id, one] += 1
        return KnownKey(kept.id, kept.owner, kept.plan, kept.scopes, limit)
