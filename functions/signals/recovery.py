"""Entry: each minute a schedule starts lost publications again, and ends what waits for a person in vain."""

from collections.abc import Mapping
from typing import Any

from kit.task import plain
from signals.bootstrap.recovery import recovery


def handler(_event: Mapping[str, Any], _context: object) -> Any:
    """Drive what stands still; answer ``{"started", "overtaken", "escalated", "expired"}``."""
    return plain(recovery().resume())
