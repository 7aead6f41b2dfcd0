"""The worker that reads the gateway's state back and applies it."""

from functools import cache

from payments.bootstrap import refunds
from payments.bootstrap.gateway import reader
from payments.bootstrap.notices import notices, states
from payments.bootstrap.stores import database
from payments.bootstrap.subscriptions import following, pages
from payments.service.applying import Applying
from payments.service.notices import Keeping, ReadBack


def read_back() -> ReadBack:
    """Return what reads."""
    return ReadBack(reader())


@cache
def keeping() -> Keeping:
    """Return what keeps and applies. Who follows a kind of state stands here."""
    return Keeping(states(), notices(), _followers())


def _followers() -> Applying:
    """Refunds and disputes follow after whoever records captures."""
    return Applying(
        checkouts=(pages().follow,),
        payments=(refunds.following().follow, refunds.disputing().follow),
        subscriptions=(following().follow,),
    )


__all__ = ["database", "keeping", "read_back", "states"]
