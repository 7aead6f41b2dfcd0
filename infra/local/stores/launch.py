"""Becomes one server process: ``launch.py <parent pid> <user or -> <death signal> <command...>``.

A process of its own, because what it does (drop to another user, ask the kernel for a signal when the
starter dies) must happen between fork and exec, where a threaded Python may run no code.
"""

import ctypes
import os
import pwd
import signal
import sys

_PR_SET_PDEATHSIG = 1
_STARTER_GONE = 125


def bound(death_signal: signal.Signals, user: str = "-") -> list[str]:
    """Return what stands before a command so that it gets ``death_signal`` when this process dies."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), user, str(int(death_signal))]


def main(parent: int, user: str, death_signal: int, command: list[str]) -> None:
    """Replace this process by ``command``, run as ``user``, bound to the life of ``parent``."""
    if user != "-":
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    if sys.platform == "linux":  # after setuid: a change of user forgets the request
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(_STARTER_GONE)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.execv(command[0], command)  # noqa: S606 - no shell is what is wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4:])
