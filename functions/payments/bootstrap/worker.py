"""The worker that reads the gateway's state back."""

from payments.bootstrap.gateway import reader
from payments.bootstrap.notices import notices, states
from payments.bootstrap.stores import database
from payments.service.notices import ReadBack


def read_back() -> ReadBack:
    """Return what reads."""
    return ReadBack(reader())


__all__ = ["database", "notices", "read_back", "states"]
