"""What the authorizer needs from outside: public keys, and one look at the shared memory."""

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from kit.identity import Limit


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
