"""Authenticity of a webhook: Stripe's scheme v1 (docs.stripe.com/webhooks, "Verify manually").

The header is ``t=<Unix seconds>,v1=<hex>[,v1=<hex>]``; v1 is HMAC-SHA256 of ``<t>.<raw body>`` under the
endpoint's secret. Schemes other than v1 are passed over, so that nobody can ask for a weaker one.
"""

import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

TOLERANCE_S: Final = 300
_LONGEST = 2048
_LONGEST_TIME = 12


def is_authentic(body: bytes, header: str, secrets: Sequence[str], now: float) -> bool:
    """Whether one of ``secrets`` signed ``body`` within :data:`TOLERANCE_S` of ``now`` (Unix seconds).

    Takes as long for a wrong signature as for a right one, whichever secret is tried.
    """
    at, given = _parts(header)
    if at is None or not given or abs(now - int(at)) > TOLERANCE_S:
        return False
    found = False
    for secret in secrets:
        expected = hmac.new(secret.encode(), at.encode() + b"." + body, sha256).hexdigest().encode()
        for one in given:
            found |= hmac.compare_digest(expected, one) and bool(secret)
    return found


def _parts(header: str) -> tuple[str | None, list[bytes]]:
    """Return the time, and the v1 signatures; no time where it is absent, doubled or no plain number."""
    if len(header) > _LONGEST:
        return None, []
    pairs = [part.partition("=") for part in header.split(",")]
    times = [value for name, _, value in pairs if name.strip() == "t"]
    sound = len(times) == 1 and times[0].isascii() and times[0].isdecimal() and len(times[0]) <= _LONGEST_TIME
    signatures = [value.encode() for name, _, value in pairs if name.strip() == "v1"]
    return times[0] if sound else None, signatures
