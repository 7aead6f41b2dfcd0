"""Names to addresses, within a bounded time."""

import socket
import threading
from collections.abc import Callable
from typing import Final

Resolve = Callable[[str, int], list[str]]
"""Host and port to addresses, best first; raises ``OSError``."""
RESOLVED_WITHIN_S: Final = 5.0


def resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver. Raises ``OSError``, ``TimeoutError`` after five seconds.

    The resolver cannot be interrupted, so it is asked in a thread of its own that may be left behind.
    """
    found: list[str] = []
    failed: list[OSError] = []

    def ask() -> None:
        try:
            found.extend(_ask(host, port))
        except (OSError, UnicodeError) as error:
            failed.append(error if isinstance(error, OSError) else socket.gaierror(str(error)))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(RESOLVED_WITHIN_S)
    if failed:
        raise failed[0]
    if asking.is_alive():
        raise TimeoutError(f"{host} was not resolved in time")
    return found


def _ask(host: str, port: int) -> list[str]:
    """Return IPv4 first: a network of functions often has no way out by IPv6."""
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ordered = sorted(infos, key=lambda info: info[0] != socket.AF_INET)
    return list(dict.fromkeys(str(info[4][0]) for info in ordered))
