"""The platform clock: a small file that every function reads through ``kit.clock``."""

import os
import time
from pathlib import Path

from kit import clock as encoding


class PlatformClock:
    """Holds offset and freeze; writes them to ``path`` in one piece, in place (readers keep it open).

    A clock left by an earlier run goes on: what was stored under it must not lie in the future.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0.0
        self._frozen = -1.0
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            offset, frozen = path.read_text().split()
            self._offset, self._frozen = float(offset), float(frozen)
        self._write()

    def now(self) -> float:
        """Return Unix seconds as functions see them."""
        return self._frozen if self._frozen >= 0 else time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Move ahead (or back, when negative)."""
        if self._frozen >= 0:
            self._frozen += seconds
        else:
            self._offset += seconds
        self._write()

    def freeze(self, at: float | None = None) -> None:
        """Stand still, at ``at`` or now."""
        self._frozen = self.now() if at is None else at
        self._write()

    def thaw(self) -> None:
        """Go on from where it stands."""
        if self._frozen >= 0:
            self._offset = self._frozen - time.time()
            self._frozen = -1.0
            self._write()

    def reset(self) -> None:
        """Be the real time again."""
        self._offset, self._frozen = 0.0, -1.0
        self._write()

    def state(self) -> dict[str, float | bool]:
        """Return ``now``, ``offset_s`` and ``frozen``."""
        return {"now": self.now(), "offset_s": self._offset, "frozen": self._frozen >= 0}

    def _write(self) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(descriptor, encoding.encode(self._offset, self._frozen), 0)
        finally:
            os.close(descriptor)
