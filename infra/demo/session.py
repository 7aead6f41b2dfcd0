"""The platform the demo talks to: the one that runs here, or one of its own in a fresh folder."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from local.model import LocalError
from local.up.checkout import State

ROOT = Path(__file__).resolve().parents[2]
_READY_S = 600.0  # the first start on a machine fetches Kafka
_STOP_S = 60.0


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the platform answers: base of HTTP, the WebSocket, the local controls.

    ``own``: the demo started it for itself, so its clock may be moved by a year.
    """

    api: str
    ws: str
    controls: str
    own: bool = False


@contextmanager
def platform(say: Callable[[str], None], state: Path) -> Iterator[Addresses]:
    """Yield the running platform's addresses, or start one and end it afterwards. Raises ``LocalError``."""
    running = State(state).running()
    if running is not None:
        say(f"using the platform that runs at {running['api']}")
        yield _addresses(running)
        return
    folder = state / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    say("starting a platform of its own (stores, templates, functions)")
    with _started(folder) as content:
        say(f"ready at {content['api']}")
        yield replace(_addresses(content), own=True)
        say("stopping the platform")


@contextmanager
def _started(folder: Path) -> Iterator[dict[str, str]]:
    ready, log = folder / "ready.json", folder / "up.log"
    command = [sys.executable, "-m", "local", "up", "--port", "0", "--no-watch", "--no-tape"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--state", folder, "--ready-file", ready],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + _READY_S
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise LocalError(f"the platform did not start: see {log}\n{_tail(log)}")
            time.sleep(0.05)
        yield json.loads(ready.read_text())
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-5:])


def _addresses(content: dict[str, str]) -> Addresses:
    return Addresses(content["api"], content["ws"], content["controls"])
