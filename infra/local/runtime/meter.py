"""What a function's pool counts: calls, failures, latencies."""

import time
from collections import deque
from typing import Any

from local.runtime.job import Job


class Meter:
    """Counters since start and the latencies of the last thousand calls."""

    def __init__(self) -> None:
        self.invocations = 0
        self.errors = 0
        self.throttles = 0
        self.crashes = 0
        self.cold_starts = 0
        self._latencies: deque[float] = deque(maxlen=1000)

    def count(self, job: Job) -> None:
        """Add one settled call."""
        self.invocations += 1
        self._latencies.append(time.perf_counter() - job.queued_at)
        if job.future.cancelled():
            return
        error = job.future.result().error
        if error == "Throttled":
            self.throttles += 1
        elif error is not None:
            self.errors += 1

    def status(self) -> dict[str, Any]:
        """Counters, and p50 and p99 in milliseconds (0 before the first call)."""
        ordered = sorted(self._latencies)
        return {
            "invocations": self.invocations,
            "errors": self.errors,
            "throttles": self.throttles,
            "crashes": self.crashes,
            "cold_starts": self.cold_starts,
            "p50_ms": _quantile(ordered, 0.5),
            "p99_ms": _quantile(ordered, 0.99),
        }


class Deaths:
    """Processes of one function that ended when nobody had let them go."""

    def __init__(self) -> None:
        self._count = 0
        self._last = ""

    def add(self, why: str) -> None:
        """Count one; ``why`` is in words."""
        self._count += 1
        self._last = f"{time.strftime('%H:%M:%S')}: {why}"

    def words(self) -> str:
        """Return how many there were, and the last; empty when there were none."""
        return f"{self._count} processes ended, the last at {self._last}" if self._count else ""


def _quantile(ordered: list[float], q: float) -> float:
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * q))] * 1000, 3)
