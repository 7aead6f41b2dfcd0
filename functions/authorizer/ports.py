"""What the authorizer needs from outside: public keys, and one look at the shared memory."""

from typing import NamedTuple, Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from kit.identity import Limit, Plan


class Keys(Protocol):
    """Public keys of the trusted issuers."""

    def find(self, issuer: str, kid: str) -> RSAPublicKey | None:
        """Return the key that ``issuer`` names ``kid``, or None; ``Retryable`` when none can be read."""


class Gate(Protocol):
    """Revocations and quotas, in one round trip."""

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
        """Look up revocations, take one request from the quota and return what is left of it.

        ``quota`` is requests an hour; ``burst`` requests a minute in ``burst_class``, 0 for no such bound;
        ``now`` and ``issued_at`` are Unix seconds. Raises
        ``TokenRefused`` (``revoked``, ``stale``; nothing is taken then) and ``Retryable`` when the memory is
        away or not whole.
        """


class KnownKey(NamedTuple):
    """A live API key: its id, whom it speaks for and on which plan, its scopes, and what is left.

    ``limit`` is None when the key was used outside of its allow-list: nothing was taken then.
    """

    key: str
    owner: str
    plan: Plan
    scopes: frozenset[str]
    limit: Limit | None


class KeyGate(Protocol):
    """API keys and their quotas, in one round trip."""

    def check(
        self, *, prefix: str, digest: str, address: str, burst_class: str, burst: int, now: float
    ) -> KnownKey:
        """Find the key, take one request from its quota, count it, and return what is known of it.

        ``digest`` is SHA-256 of its secret in hex; ``address`` the caller's, as 128 characters ``0`` and
        ``1``; the rest as in :class:`Gate`. Raises ``TokenRefused`` (``key``: unknown, forged or no longer
        good) and ``Retryable`` when the memory is away or not whole.
        """
