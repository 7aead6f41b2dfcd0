"""Loopback ports: chosen once, kept in the data folder, checked before each use."""

import json
import random
import socket
from pathlib import Path

# Below the range the kernel gives to outgoing connections, so that a stopped store finds its port free.
_FIRST, _LAST = 20_000, 32_000
_any = random.SystemRandom()


def keep(file: Path, *names: str) -> dict[str, int]:
    """Return a free port for each name: that of the last run, kept in ``file``, where it is still free."""
    before: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    ports: dict[str, int] = {}
    for name in names:
        old = before.get(name)
        ports[name] = old if old is not None and is_free(old) else free(set(ports.values()))
    file.write_text(json.dumps(ports))
    return ports


def free(but: set[int] | None = None) -> int:
    """Return a loopback port that nobody listens on, none of ``but``."""
    while True:
        port = _any.randrange(_FIRST, _LAST)
        if port not in (but or ()) and is_free(port):
            return port


def is_free(port: int) -> bool:
    """Tell whether a server could listen on ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as the servers do: TIME_WAIT is no hindrance
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return not answers(port)


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether somebody accepts connections on ``port``."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
