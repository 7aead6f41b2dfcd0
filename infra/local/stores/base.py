"""What every store has in common: start, stop, kill, restart, an outage, an address."""

import os
import signal
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Literal, Self

from local.model import LocalError, StoreAddress
from local.stores import ports, process

_POLL_S = 0.02


class Store(ABC):
    """A server of its own under ``folder``, or the one that ``url`` names (then only its address is known).

    Methods block and may be called from any thread; they take turns. ``wanted`` is what the last call
    asked for, whether it was done or not: a store that is wanted and not :attr:`running` has crashed.
    """

    name: ClassVar[str]
    variable: ClassVar[str]
    label: ClassVar[Literal["real", "emulator"]] = "real"
    version: ClassVar[str]
    port_names: ClassVar[tuple[str, ...]] = ("port",)
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    # For a server of several processes in sessions of their own: ends them all when the stop takes too long.
    force_signal: ClassVar[signal.Signals] = signal.SIGKILL
    lock_patience_s: ClassVar[float] = 15.0
    start_patience_s: ClassVar[float] = 60.0
    stop_patience_s: ClassVar[float] = 10.0
    force_patience_s: ClassVar[float] = 10.0

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.log = folder / "log"
        self.wanted = False
        self.ports: dict[str, int] = {}
        self._given = url
        self._turn = threading.RLock()
        self._hurry = threading.Event()
        self._child: process.Child | None = None

    @classmethod
    def configured(cls, folder: Path) -> Self:
        """Return the store on ``folder``, or the one whose URL the environment names."""
        return cls(folder, os.environ.get(cls.variable, ""))

    @property
    def external(self) -> bool:
        """Whether a URL in the environment named it: then it is not ours to start or stop."""
        return bool(self._given)

    @property
    def url(self) -> str:
        """Where clients find it, credentials included."""
        return self._given or self.own_url()

    @property
    def address(self) -> StoreAddress:
        """Name, URL, label, version and pid."""
        version = "of the URL given" if self.external else self.version
        return StoreAddress(self.name, self.url, self.label, version, self.pid)

    @property
    def pid(self) -> int | None:
        """The server's process, if it is ours and runs."""
        return self._child.pid if self._child is not None and self.running else None

    @property
    def running(self) -> bool:
        """Whether the server's process lives (an external one counts as alive)."""
        return self.external or (self._child is not None and self._child.exit_code() is None)

    def start(self) -> StoreAddress:
        """Start it and return when it answers. Raises :class:`LocalError` that names the log."""
        with self._turn:
            self.wanted = True  # also when this attempt fails: whoever watches tries again
            self._start()
        return self.address

    def stop(self) -> None:
        """Stop it as it likes to be stopped, data written."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """SIGKILL: nothing is written, nobody is told."""
        self._end(signal.SIGKILL)

    def crash(self) -> None:
        """SIGKILL as an accident: it stays :attr:`wanted`, so that whoever watches starts it again."""
        self._end(signal.SIGKILL)
        self.wanted = True

    def restart(self) -> StoreAddress:
        """Stop and start on the same address."""
        self.stop()
        return self.start()

    def outage(self, seconds: float) -> StoreAddress:
        """Stop it for ``seconds``, then start it again."""
        self.stop()
        self._hurry.wait(seconds)
        return self.start()

    def hurry(self) -> None:
        """End an outage now and let no later one last: everything is about to stop."""
        self._hurry.set()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open and nothing answers."""
        self._own().signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT after :meth:`freeze`."""
        self._own().signal(signal.SIGCONT)

    @abstractmethod
    def own_url(self) -> str:
        """Return the URL of our own server."""

    def prepare(self, lock: int) -> None:  # noqa: B027 - most need nothing
        """Make what the server needs before its start (data folder, password); ``lock`` is held."""

    @abstractmethod
    def spawn(self, lock: int) -> process.Child:
        """Start the server process."""

    @abstractmethod
    def ready(self) -> bool:
        """Tell whether the process just started (and no other) answers."""

    def initialise(self) -> None:  # noqa: B027 - most need nothing
        """Finish the set-up of a server that answers; runs at each start and must be idempotent."""

    def _start(self) -> None:
        if self.running:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = process.hold(self.folder / "lock", patience_s=self.lock_patience_s, who=self.name)
        try:
            # Once told, an address stays: clients of a store that comes back must find it.
            self.ports = self.ports or ports.keep(self.folder / "ports.json", *self.port_names)
            self.prepare(lock)
            child = self._child = self.spawn(lock)
            process.note_pid(lock, child.pid)
        finally:
            os.close(lock)
        try:
            self._await_ready(child)
            self.initialise()
        except BaseException:
            child.end((self.force_signal, self.force_patience_s))
            raise

    def _end(self, how: signal.Signals) -> None:
        with self._turn:
            child = self._own()
            self.wanted = False
            child.end((how, self.stop_patience_s), (self.force_signal, self.force_patience_s))

    def _own(self) -> process.Child:
        if self._child is None:
            why = f"{self.variable} names it" if self.external else "it was not started"
            raise LocalError(f"{self.name} is not ours to control: {why}")
        return self._child

    def _await_ready(self, child: process.Child) -> None:
        def check() -> bool:
            code = child.exit_code()
            if code is None:
                return self.ready()
            raise LocalError(
                f"{self.name} did not start (exit {code}): {process.last_lines(self.log)}; see {self.log}",
            )

        if not until(check, self.start_patience_s):
            raise LocalError(
                f"{self.name} did not answer within {self.start_patience_s:.0f} s: "
                f"{process.last_lines(self.log)}; see {self.log}",
            )


def until(condition: Callable[[], bool], patience_s: float) -> bool:
    """Return True as soon as ``condition`` holds, False after ``patience_s``."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def password(folder: Path) -> str:
    """Return the password kept in ``folder``, made on first use, readable by its owner only."""
    file = folder / "password"
    if not file.exists():
        fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(fd, os.urandom(18).hex().encode())
        os.close(fd)
    return file.read_text()
