"""The nursery's own program: loads what most functions load, then forks one of ``awslambdaric`` a request.

It speaks over the socket whose number it is given, a packet a message: ``{"handler", "env", "cwd"}`` with the
descriptor that becomes the child's output is answered by ``{"pid"}``, and each child's end is told by
``{"pid", "code"}``. It starts no thread and opens no connection: a child begins as a fresh process would,
only with packages loaded. Of ours it loads nothing: a function runs the code of the moment it starts.
"""

import ctypes
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import time
from typing import Any

PACKET = 1 << 17
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
# What functions import of the standard library and of packages, as measured; what is missing is passed over.
# Not awslambdaric, which reads its environment when it is loaded, and not numpy, which starts threads then.
_LOADED = (
    "asyncio",
    "concurrent.futures",
    "csv",
    "decimal",
    "email.message",
    "gzip",
    "hmac",
    "http.client",
    "importlib.resources",
    "logging",
    "platform",
    "secrets",
    "ssl",
    "traceback",
    "uuid",
    "zoneinfo",
    "argon2",
    "confluent_kafka",
    "cryptography.hazmat.primitives.asymmetric.rsa",
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.serialization",
    "msgspec.json",
    "psycopg",
    "pydantic.fields",
    "pydantic.json_schema",
    "pydantic.main",
    "pydantic.networks",
    "requests",
    "simplejson",
    "stripe._stripe_client",  # its public name is loaded when it is first used
    "stripe.checkout",
)


def main(channel: socket.socket) -> dict[str, Any] | None:
    """Fork until the platform is gone. Returns what to run in a child, None in the nursery itself."""
    _load()
    ended, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    while True:
        ready, _, _ = select.select([channel.fileno(), ended], [], [])
        if ended in ready:
            os.read(ended, 4096)
            _bury(channel)
        if channel.fileno() not in ready:
            continue
        packet, outputs, _, _ = socket.recv_fds(channel, PACKET, 1)
        if not packet:
            return None
        asked: dict[str, Any] = json.loads(packet)
        if _forked(channel, asked, outputs[0]):
            os.close(ended)
            os.close(wake)
            return asked


def _load() -> None:
    for name in _LOADED:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    gc.collect()
    gc.freeze()  # so that a child's collections write to none of these pages


def _forked(channel: socket.socket, asked: dict[str, Any], output: int) -> bool:
    """Fork; return whether this is the child, which leads a session of its own and prints to ``output``."""
    nursery = os.getpid()
    born, told = os.pipe()
    if (pid := os.fork()) == 0:
        signal.set_wakeup_fd(-1)
        os.close(born)
        _begin(asked, output, nursery)
        os.close(told)
        return True
    os.close(told)
    os.close(output)
    os.read(born, 1)  # until it has its session, by which it can be killed, or has ended
    os.close(born)
    _say(channel, {"pid": pid})
    return False


def _bury(channel: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _say(channel, {"pid": pid, "code": os.waitstatus_to_exitcode(status)})


def _say(channel: socket.socket, what: dict[str, int]) -> None:
    channel.send(json.dumps(what).encode())


def _begin(asked: dict[str, Any], output: int, nursery: int) -> None:
    """Become in everything else what a process started by itself would be."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.prctl(_PR_SET_NAME, asked["handler"].removesuffix(".handler").encode())  # what ``ps -o comm`` shows
    if os.getppid() != nursery:  # it ended before it could have taken us along
        os._exit(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for place, one in enumerate((nothing, output, output)):
        os.dup2(one, place)
    os.close(nothing)
    os.close(output)
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    os.chdir(asked["cwd"])
    sys.path[:1] = [asked["cwd"], *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    sys.argv[1:] = [asked["handler"]]
    for name in [name for name in sys.modules if name.partition(".")[0] == "local"]:
        del sys.modules[name]


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as given:
        born_as = main(given)
    if born_as is not None:
        runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)
