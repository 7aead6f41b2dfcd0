"""What functions print: a file for each under ``logs/``, and the newest lines in memory for the status."""

from collections import deque
from pathlib import Path

_MAX_FILE = 20 * 1024 * 1024
_TAIL = 4096


class FunctionLog:
    """The output of all workers of one function. A file over 20 MB is set aside as ``.1`` at start."""

    def __init__(self, folder: Path, function: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{function}.log"
        if self.path.exists() and self.path.stat().st_size > _MAX_FILE:
            self.path.replace(self.path.with_suffix(".log.1"))
        self._file = self.path.open("ab", buffering=0)
        self.lines: deque[str] = deque(maxlen=500)

    def write(self, data: bytes) -> None:
        """Keep ``data`` as it came; remember its lines. What comes after :meth:`close` is dropped."""
        if self._file.closed:
            return
        self._file.write(data)
        self.lines.extend(data.decode("utf-8", "replace").replace("\r", "\n").splitlines())

    def close(self) -> None:
        """Close the file; further output is dropped."""
        self._file.close()


class Tail:
    """The last 4 KB one worker printed during the present call: Lambda's log tail."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> None:
        """Add ``data``, forgetting what is older than 4 KB."""
        self._data += data
        del self._data[:-_TAIL]

    def clear(self) -> None:
        """Begin a new call."""
        self._data.clear()

    def text(self) -> str:
        """Return what was printed."""
        return self._data.decode("utf-8", "replace")
