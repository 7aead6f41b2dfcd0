"""One-time passwords of authenticator apps, by pyotp."""

from datetime import datetime
from hmac import compare_digest

from users.model import TOTP_DRIFT, TOTP_PERIOD_S

_ISSUER = "TREUM"
_STEPS = tuple(sorted(range(-TOTP_DRIFT, TOTP_DRIFT + 1), reverse=True))


class PyTotp:
    """RFC 6238."""

    def secret(self) -> str:
        """See :class:`users.ports.Totp`."""
        import pyotp  # noqa: PLC0415 - most requests carry no such code

        return pyotp.random_base32()

    def uri(self, secret: str, account: str) -> str:
        """See :class:`users.ports.Totp`."""
        import pyotp  # noqa: PLC0415 - as above

        return pyotp.TOTP(secret, interval=TOTP_PERIOD_S).provisioning_uri(name=account, issuer_name=_ISSUER)

    def step_of(self, secret: str, code: str, now: datetime) -> int | None:
        """See :class:`users.ports.Totp`. Every step is computed, whichever fits."""
        import pyotp  # noqa: PLC0415 - as above

        totp = pyotp.TOTP(secret, interval=TOTP_PERIOD_S)
        present = int(now.timestamp()) // TOTP_PERIOD_S
        fits = [step for step in _STEPS if compare_digest(totp.generate_otp(present + step), code)]
        return present + fits[0] if fits else None
