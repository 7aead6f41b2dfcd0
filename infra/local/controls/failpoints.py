"""Sets the failpoints that ``kit.failpoint`` reads: a JSON file, replaced in one piece."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_ACTIONS = {"exit", "raise", "delay"}
_NAME = re.compile(r"[a-z0-9_.:-]{1,80}")
_MAX_DELAY_S = 60.0
_MAX_COUNT = 1_000_000


class Failpoints:
    """The failpoints in ``path``: name to ``{"action", "count", "delay_s"}``. Cleared at each start."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._set: dict[str, dict[str, Any]] = {}
        self._generation = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self.clear()

    def put(self, name: str, wish: Mapping[str, Any]) -> None:
        """Arm ``name``. Raises :class:`ValueError` that says what is wrong."""
        if not _NAME.fullmatch(name):
            raise ValueError("a failpoint's name has 1 to 80 of a-z 0-9 _ . : -")
        action, count, delay = wish.get("action"), wish.get("count", 1), wish.get("delay_s", 0)
        if action not in _ACTIONS:
            raise ValueError(f"action is one of {', '.join(sorted(_ACTIONS))}")
        if not isinstance(count, int) or not 1 <= count <= _MAX_COUNT:
            raise ValueError(f"count is 1 to {_MAX_COUNT}")
        if not isinstance(delay, int | float) or not 0 <= delay <= _MAX_DELAY_S:
            raise ValueError(f"delay_s is 0 to {_MAX_DELAY_S:.0f}")
        # every arming counts anew, also under the same name
        self._generation += 1
        self._set[name] = {
            "action": action,
            "count": count,
            "delay_s": float(delay),
            "generation": self._generation,
        }
        self._write()

    def clear(self, name: str | None = None) -> None:
        """Disarm ``name``, or all."""
        if name is None:
            self._set.clear()
        else:
            self._set.pop(name, None)
        self._write()
        for claim in self._path.parent.glob(f"{self._path.name}.{name or '*'}.*"):
            claim.unlink(missing_ok=True)

    def state(self) -> dict[str, dict[str, Any]]:
        """Return what is armed."""
        return dict(self._set)

    def _write(self) -> None:
        partial = self._path.with_name(f".{self._path.name}.partial")
        partial.write_text(json.dumps(self._set))
        partial.replace(self._path)
