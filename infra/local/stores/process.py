"""Server processes that end with us, and a lock that tells when the last of a server's processes is gone."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.model import LocalError
from local.stores import launch

_POLL_S = 0.02
# The kernel sends the death signal when the *thread* that forked ends, so one thread that lives as long
# as the program does all the forking.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawn")


class Child:
    """One running server: its own session, output in ``log``, killed by the kernel when this program dies."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        lock: int,
        user: str | None = None,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        death_signal: signal.Signals = signal.SIGKILL,
    ) -> None:
        """Start ``command``; it inherits ``lock``, a descriptor of :func:`hold`, and with it the lock."""
        argv = [str(part) for part in (*launch.bound(death_signal, user or "-"), *command)]
        with log.open("ab") as output:
            self._process = _spawner.submit(
                subprocess.Popen,
                argv,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                pass_fds=(lock,),
                start_new_session=True,
                cwd=log.parent,
            ).result()
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(stdin)
            self._process.stdin.close()
        except BrokenPipeError:
            pass  # it ended at once; whoever waits for readiness reports that

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return self._process.poll()

    def end(self, *steps: tuple[signal.Signals, float]) -> None:
        """Send each step's signal and wait its seconds for the end; after the last kill its whole session."""
        for how, patience_s in steps:
            if self._process.poll() is None:
                self._process.send_signal(how)
            try:
                self._process.wait(patience_s)
            except subprocess.TimeoutExpired:
                continue
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def signal(self, what: signal.Signals) -> None:
        """Send ``what`` to the server only (SIGSTOP and SIGCONT for chaos)."""
        self._process.send_signal(what)


def hold(path: Path, *, patience_s: float, who: str) -> int:
    """Return a descriptor that holds an exclusive lock on ``path``; the caller closes its copy.

    A server inherits it, so the lock is free only when every process of the server is gone: also after a
    SIGKILL, also on systems without a death signal, where a process left over is killed by the pid noted.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + patience_s
    while not _try_lock(fd):
        if time.monotonic() > deadline:
            pid = os.pread(fd, 20, 0).decode().strip()
            os.close(fd)
            raise LocalError(f"{who} is still running as process {pid or '?'} on {path.parent}: end it first")
        time.sleep(_POLL_S)
    os.ftruncate(fd, 0)
    return fd


def note_pid(fd: int, pid: int) -> None:
    """Write ``pid`` into the lock's file, for whoever finds it held."""
    os.pwrite(fd, str(pid).encode(), 0)


def last_lines(log: Path, count: int = 3) -> str:
    """Return the last lines of ``log`` that say something, on one line."""
    if not log.exists():
        return ""
    text = log.read_bytes()[-8192:].decode(errors="replace")
    return " / ".join([line.strip() for line in text.splitlines() if line.strip()][-count:])


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
