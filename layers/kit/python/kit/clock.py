"""The only source of time. On a laptop a test control can move it; in AWS it is the system clock.

``CLOCK_SOURCE`` names a file of the local platform whose 32 bytes are read at each call:
``"<offset seconds> <frozen unix seconds or -1>"`` padded with spaces. Unset: the system clock.
SQL takes the time as a parameter, never ``now()``.
"""

import os
import time
from datetime import UTC, datetime

from kit import settings

_WIDTH = 32
_fd: int | None = None
_path: str | None = settings.optional("CLOCK_SOURCE") or None


def now() -> datetime:
    """Return the present instant, timezone-aware, UTC."""
    return datetime.fromtimestamp(unix(), tz=UTC)


def unix() -> float:
    """Return the present instant as Unix seconds."""
    if _path is None:
        return time.time()
    offset, frozen = _read()
    return frozen if frozen >= 0 else time.time() + offset


def monotonic() -> float:
    """Return seconds for measuring durations and deadlines; never moved by test controls."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Wait real time, never moved by test controls; for loops that tick through their invocation."""
    time.sleep(seconds)


def encode(offset_s: float, frozen_at: float = -1.0) -> bytes:
    """Return the content of a clock source: ``offset_s`` from real time, or standing at ``frozen_at``."""
    return f"{offset_s:.3f} {frozen_at:.3f}".ljust(_WIDTH).encode()


def _read() -> tuple[float, float]:
    global _fd  # noqa: PLW0603 - one descriptor for the life of the process
    if _fd is None:
        _fd = os.open(str(_path), os.O_RDONLY)
    offset, frozen = os.pread(_fd, _WIDTH, 0).split()
    return float(offset), float(frozen)
