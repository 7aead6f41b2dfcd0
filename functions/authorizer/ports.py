"""What the authorizer needs from outside: public keys, and one look at the shared memory."""

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from authorizer.model import Standing


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
    ) -> Standing:
        """Look up revocations and take one request from the quota.

        ``quota`` is requests an hour; ``burst`` requests a minute in ``burst_class``, 0 for no such bound;
        ``now`` and ``issued_at`` are Unix seconds. Raises ``Retryable`` when the memory is away or not whole.
        """
