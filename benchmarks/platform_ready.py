"""The whole platform from its command to ready, on an empty folder: every store, topic, migration and key.

Wall time, because people wait it; a busy machine makes it longer. The median of three whole starts.
"""

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Result, result
from local.stores import launch
from local.stores.base import until

_STARTS = 3
_GOAL_S = 15.0
_LONGEST_S = 180.0


def measure() -> list[Result]:
    """Return the median seconds to ready."""
    took = statistics.median(_start() for _ in range(_STARTS))
    return [
        result("local platform, ready on an empty folder", took, "s", _GOAL_S, "the goal of 15 s", "<= 1")
    ]


def _start() -> float:
    state = Path(tempfile.mkdtemp(prefix="treum-bench-"))
    state.chmod(0o711)  # PostgreSQL, started by root, runs as another user
    ready = state / "ready.json"
    # the launcher ends the platform when this run dies
    launcher = launch.bound(signal.SIGTERM)
    command = [sys.executable, "-m", "local", "up", "--port", "0", "--no-watch", "--no-tape"]
    began = time.monotonic()
    with subprocess.Popen(
        [*launcher, *command, "--state", state, "--ready-file", ready],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "CI": "1"},
        start_new_session=True,
    ) as platform:
        until(lambda: ready.exists() or platform.poll() is not None, _LONGEST_S)
        took, up = time.monotonic() - began, ready.exists()
        platform.send_signal(signal.SIGINT)
    shutil.rmtree(state, ignore_errors=True)
    if not up:
        raise RuntimeError("the platform did not become ready: see `make up`")
    return took
