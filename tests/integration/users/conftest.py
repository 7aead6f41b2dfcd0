"""Fixtures of the users domain's tests."""

from builders.moving_clock import moving_clock
from builders.users_api import place

__all__ = ["moving_clock", "place"]
