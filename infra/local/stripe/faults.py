"""What goes wrong on purpose, at the next call that fits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

KINDS: Final = {
    "rate_limit": "429 before anything happened",
    "error": "500 before anything happened; not remembered under the key",
    "error_after": "500 although it happened; remembered, so that the same key is answered the same 500",
    "timeout": "it happens, and the answer never arrives",
    "lost": "nothing happens, and no answer arrives",
    "slow": "it happens after hold_s seconds; meanwhile the same key is answered 409",
}
_MOST_TIMES = 100_000
_LONGEST_S = 60.0


@dataclass(frozen=True, slots=True)
class Fault:
    """``kind`` strikes the next ``times`` calls of ``method`` whose path begins with ``path``.

    ``hold_s``: how long the connection of a lost answer stays open before it is cut.
    """

    kind: str
    method: str = "POST"
    path: str = "/v1/"
    times: int = 1
    hold_s: float = 0.0


class Faults:
    """The faults that wait, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self.struck = 0

    def add(self, wish: Mapping[str, Any]) -> Fault:
        """Plan a fault; raises ``ValueError`` for one that cannot be."""
        kind = str(wish.get("kind", ""))
        times, hold_s = int(wish.get("times", 1)), float(wish.get("hold_s", 0.0))
        if kind not in KINDS or not 1 <= times <= _MOST_TIMES or not 0 <= hold_s <= _LONGEST_S:
            raise ValueError(
                f"kind is one of {', '.join(KINDS)}; times 1 to {_MOST_TIMES}; hold_s 0 to {_LONGEST_S:g}"
            )
        method, path = str(wish.get("method", "POST")).upper(), str(wish.get("path", "/v1/"))
        fault = Fault(kind, method, path, times, hold_s)
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Plan nothing."""
        self._waiting.clear()

    def listed(self) -> list[Fault]:
        """Return what waits."""
        return list(self._waiting)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that strikes this call, once less to come."""
        for place, fault in enumerate(self._waiting):
            if fault.method == method and path.startswith(fault.path):
                self._waiting[place : place + 1] = (
                    [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                )
                self.struck += 1
                return fault
        return None
