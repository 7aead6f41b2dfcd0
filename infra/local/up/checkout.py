"""One runner per state folder, and the file that tells others where it serves."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.model import LocalError

RUN_FILE = "run.json"
_LOCK_FILE = "up.lock"


@dataclass(frozen=True, slots=True)
class State:
    """The state folder of one platform: ``.local`` of a checkout, or a folder of a test."""

    folder: Path

    @property
    def run_file(self) -> Path:
        """``run.json``: there while a platform is ready (or was killed: see :meth:`running`)."""
        return self.folder / RUN_FILE

    @contextlib.contextmanager
    def claimed(self) -> Iterator[str]:
        """Hold the folder for this process; give the pid of a runner that was killed while it served, or "".

        Raises :class:`LocalError` when another runner holds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.folder / _LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _lock(fd):
                raise LocalError(self._who(fd))
            killed = os.pread(fd, 20, 0).decode().strip() if self.run_file.exists() else ""
            self.run_file.unlink(missing_ok=True)
            os.ftruncate(fd, 0)
            os.pwrite(fd, str(os.getpid()).encode(), 0)
            yield killed
            self.run_file.unlink(missing_ok=True)
        finally:
            os.close(fd)

    def running(self) -> dict[str, Any] | None:
        """Return the content of ``run.json`` when a platform is ready on this folder, else None."""
        try:
            fd = os.open(self.folder / _LOCK_FILE, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            if _lock(fd):  # nobody holds it: what the file says is of a runner that was killed
                return None
            content: dict[str, Any] = json.loads(self.run_file.read_text())
        except FileNotFoundError:
            return None
        else:
            return content
        finally:
            os.close(fd)

    def announce(self, content: Mapping[str, Any]) -> None:
        """Write ``run.json`` in one step; it holds passwords of stores, so only its owner may read it."""
        partial = self.run_file.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "w") as file:
            json.dump(content, file, indent=2)
        partial.rename(self.run_file)

    def _who(self, fd: int) -> str:
        pid = os.pread(fd, 20, 0).decode().strip() or "?"
        run = self.running()
        where = f" and serves {run['api']}" if run else ""
        return f"a platform already runs here as process {pid}{where}: use it, or end it with Ctrl-C first"


def _lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
