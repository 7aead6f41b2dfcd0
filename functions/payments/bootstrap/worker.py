"""The worker that reads the gateway's state back and applies it."""

from functools import cache

from payments.bootstrap import orders, refunds
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
def applying() -> Applying:
    """Return who follows a kind of state, in turn: refunds and disputes after whoever records captures."""
    return Applying(
        checkouts=(pages().follow, orders.following().page),
        payments=(orders.following().payment, refunds.following().follow, refunds.disputing().follow),
        subscriptions=(following().follow,),
    )


@cache
def keeping() -> Keeping:
    """Return what keeps and applies."""
    return Keeping(states(), notices(), applying())


__all__ = ["database", "keeping", "read_back", "states"]
