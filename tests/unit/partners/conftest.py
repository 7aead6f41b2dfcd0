"""Fixtures of the partners domain's tests."""

from builders.moving_clock import moving_clock

__all__ = ["moving_clock"]
