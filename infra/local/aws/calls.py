"""Remembers every AWS call as (role, action, resource): the last ones in memory, all of a run in a file."""

import json
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_KEPT = 5_000
_FILE_LIMIT = 50_000  # distinct calls a run writes; a loop must not fill the disk


@dataclass(frozen=True, slots=True)
class Call:
    """``role`` (function) asked for ``action`` on ``resource``."""

    role: str
    action: str
    resource: str


class CallLog:
    """Appends each distinct call once to ``path`` (JSON lines) and counts all of them by service."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._recent: deque[Call] = deque(maxlen=_KEPT)
        self._seen: set[Call] = set()
        self.by_service: Counter[str] = Counter()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", buffering=1)

    def record(self, call: Call) -> None:
        """Keep ``call``."""
        self._recent.append(call)
        self.by_service[call.action.partition(":")[0]] += 1
        if call not in self._seen and len(self._seen) < _FILE_LIMIT:
            self._seen.add(call)
            line = {"role": call.role, "action": call.action, "resource": call.resource}
            self._file.write(json.dumps(line) + "\n")

    def recent(self) -> Iterator[Call]:
        """Yield the last calls, oldest first."""
        return iter(tuple(self._recent))

    def distinct(self) -> tuple[Call, ...]:
        """Return each different call of this run."""
        return tuple(self._seen)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read(path: Path) -> list[Call]:
    """Return the distinct calls of a run from its file; a line cut by a crash is left out."""
    calls = []
    for line in path.read_text().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        calls.append(Call(entry["role"], entry["action"], entry["resource"]))
    return calls
