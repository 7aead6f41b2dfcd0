"""Places where a test can make a function crash, fail or wait. Without ``FAILPOINT_FILE`` they do nothing.

The variable is set by the local platform only; its file maps a name to ``{"action": "exit" | "raise" |
"delay", "count": N, "delay_s": S, "generation": G}``. The count is shared by all workers: each hit takes one
of N claim files beside it, made exclusively, so a crashed worker's successor does not crash again.
"""

import json
import os
import time

from kit import settings

_path = settings.optional("FAILPOINT_FILE")


class FailpointError(Exception):
    """Raised by a failpoint that was armed to raise."""


def hit(name: str) -> None:
    """Do what the file says for ``name``: nothing, end the process, raise or wait."""
    if _path:
        _act(name)


def _act(name: str) -> None:
    try:
        with open(_path, "rb") as file:  # noqa: PTH123 - pathlib costs an import on every cold start
            wish = json.load(file).get(name)
    except FileNotFoundError:
        return
    if wish is None or not _claim(f"{_path}.{name}.{wish['generation']}", wish["count"]):
        return
    if wish["action"] == "exit":
        os._exit(70)
    if wish["action"] == "raise":
        raise FailpointError(name)
    time.sleep(wish["delay_s"])


def _claim(prefix: str, count: int) -> bool:
    for number in range(count):
        try:
            os.close(os.open(f"{prefix}.{number}", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        return True
    return False
