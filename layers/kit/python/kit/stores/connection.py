"""How a PostgreSQL connection is made, and how long it waits.

The statement timeout is the server's; a server that stands still keeps the socket open and answers
nothing, and only the client can end that wait.
"""

import os
import select
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen

from kit import secrets, transport
from kit.errors import Retryable

RV = TypeVar("RV")
_INTERVAL_S = 0.1
_CONNECT_TIMEOUT_S = 3
# the server ends a statement first; only a server that stands still reaches this later deadline
_GRACE_S = 1.0
_FAREWELL_READS = 4
# of Amazon Linux and Debian; libpq's own idea of "system" is a folder that the wheel's builders had
_SYSTEM = ("/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """Where the database is; ``database_secret`` names a secret with ``username`` and ``password``.

    ``database_ca`` is the file of the authorities that may vouch for a database on another machine; empty:
    the operating system's.
    """

    database_host: str
    database_port: int
    database_name: str
    database_secret: str
    database_timeout_s: float = 5.0
    database_ca: str = ""


class Bounded(psycopg.Connection[tuple[Any, ...]]):
    """``longest_wait_s``: after this many seconds without the answer the connection is given up."""

    DEFAULT_WAIT_S: ClassVar[float] = 6.0
    longest_wait_s: float = DEFAULT_WAIT_S

    def wait(self, gen: PQGen[RV], interval: float = _INTERVAL_S, timeout: float | None = None) -> RV:
        """Run ``gen`` to its end as psycopg does, but never without a deadline: past it, close."""
        try:
            return super().wait(gen, interval, self.longest_wait_s if timeout is None else timeout)
        except errors._WaitTimeout:  # noqa: SLF001 - psycopg names its wait timeout so
            self.pgconn.finish()
            raise

    def usable(self) -> bool:
        """Whether nothing speaks against sending on it: False when the server closed it meanwhile."""
        if self.closed:
            return False
        poll = select.poll()
        poll.register(self.pgconn.socket, select.POLLIN)
        try:
            # a closing server may say goodbye first: its last words are read before the end shows
            for _ in range(_FAREWELL_READS):
                if not poll.poll(0):
                    return True
                self.pgconn.consume_input()
        except psycopg.Error:
            return False
        return True


def connect(settings: DatabaseSettings) -> Bounded:
    """Open a connection; a password that was rotated is read again, once. Raises ``Retryable``."""
    try:
        return _connect(settings, secrets.get(settings.database_secret))
    except psycopg.OperationalError as error:
        if "authentication failed" not in str(error):
            raise Retryable("the database cannot be reached") from error
    try:
        return _connect(settings, secrets.get(settings.database_secret, fresh=True))
    except psycopg.OperationalError as error:
        raise Retryable("the database refused our credentials twice") from error


def tls(host: str, authorities: str = "") -> dict[str, Any]:
    """Return what has libpq demand TLS and the certificate of ``host``, wherever that is not this machine."""
    if transport.is_here(host):
        return {}
    found = authorities or next((path for path in _SYSTEM if os.path.exists(path)), "system")  # noqa: PTH110 - pathlib costs a start
    return {"sslmode": "verify-full", "sslrootcert": found}


def _connect(settings: DatabaseSettings, secret: Mapping[str, str]) -> Bounded:
    connection = Bounded.connect(
        host=settings.database_host,
        port=settings.database_port,
        dbname=settings.database_name,
        user=secret["username"],
        password=secret["password"],
        connect_timeout=_CONNECT_TIMEOUT_S,
        autocommit=True,
        prepare_threshold=None,
        **tls(settings.database_host, settings.database_ca),
    )
    connection.longest_wait_s = settings.database_timeout_s + _GRACE_S
    return connection
