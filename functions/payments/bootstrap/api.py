"""The HTTP function."""

from collections.abc import Sequence
from functools import cache

from kit import secrets
from payments.bootstrap.notices import notices, own
from payments.service.notices import Door

_NAMES = ("webhook_secret", "webhook_secret_previous")


def webhook_secrets() -> Sequence[str]:
    """Return the secrets that may sign now: the present one and, while it is replaced, the one before."""
    found = secrets.get(own().stripe_secret)
    return [found[name] for name in _NAMES if found.get(name)]


@cache
def door() -> Door:
    """Return the door for webhooks."""
    return Door(notices(), webhook_secrets)
