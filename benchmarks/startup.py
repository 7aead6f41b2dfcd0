"""Start-up of functions, spawn to the first ``/next``, beside an empty handler in the same runtime client.

Counted in CPU time of the process: on a laptop whose cores are busy the wall clock measures the neighbours.
"""

import http.server
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import Result, alternate, cpu_seconds, result

ROOT = Path(__file__).resolve().parents[1]
LAZY = ("users", "signals")
WIRED = "from {domain}.bootstrap import api\nfrom {domain}.api import handler\n"
EMPTY = "def handler(event, context):\n    return None\n"
GOALS = (
    ("authorizer.api", "<= 2.5"),
    ("realtime.socket", "<= 2.5"),
    ("realtime.fanout", "<= 2.5"),
    ("realtime.authorizer", "<= 2.5"),
    ("realtime.api", "<= 6"),
    ("users.api", "<= 6"),
    ("signals.api", "<= 6"),
)


def measure() -> list[Result]:
    """Return one line a hot function: its start-up over an empty handler's.

    Functions whose wiring loads on first use have a second line, with the wiring and its driver loaded too:
    what an environment made ahead of its calls does, and what start and first request cost together.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "empty.py").write_text(EMPTY)
        path = path_with(folder)
        subprocess.run(  # compiled bytecode, as a deployed package has it
            [sys.executable, "-m", "compileall", "-q", f"{ROOT}/functions", f"{ROOT}/layers/kit/python"],
            check=True,
        )
        empty = starter("empty.handler", path)
        results = [
            _line(f"start-up {module}", starter(f"{module}.handler", path), empty, goal)
            for module, goal in GOALS
        ]
        for domain in LAZY:
            Path(folder, f"wired_{domain}.py").write_text(WIRED.format(domain=domain))
            name = f"start-up {domain}.api with its wiring and psycopg"
            results.append(_line(name, starter(f"wired_{domain}.handler", path), empty, "<= 6"))
        return results


def _line(name: str, ours: Callable[[], float], empty: Callable[[], float], goal: str) -> Result:
    mine, floor = alternate(ours, empty)
    return result(name, mine, "ms CPU", floor, "empty awslambdaric handler", goal, floor=floor)


def path_with(folder: str) -> str:
    """Return the ``PYTHONPATH`` of a function with the modules of ``folder`` beside it."""
    return f"{folder}:{ROOT}/functions:{ROOT}/layers/kit/python"


def starter(handler: str, path: str) -> Callable[[], float]:
    """Return a side that spawns ``handler`` and returns the CPU milliseconds to its first ``/next``."""

    def side() -> float:
        asked = threading.Event()
        refused: list[str] = []

        class RuntimeApi(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """The runtime client asked for work: it is up."""
                asked.set()

            def do_POST(self) -> None:
                """The handler could not be imported."""
                refused.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                asked.set()

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        server = http.server.HTTPServer(("127.0.0.1", 0), RuntimeApi)
        threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
            "AWS_REGION": "ap-south-1",
            "PYTHONPATH": path,
        }
        began = cpu_seconds(children=True)
        child = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", handler],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if not asked.wait(30):
            raise TimeoutError(f"{handler} did not ask for work within 30 s")
        child.kill()
        child.wait()
        took = (cpu_seconds(children=True) - began) * 1000
        server.shutdown()
        server.server_close()
        if refused:
            raise ImportError(f"{handler} does not start: {refused[0]}")
        return took

    return side
